//go:build long

package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slowModel is a server that speaks as OpenAI's does: it says one word, and the next one only when heard says that the
// first has arrived.
type slowModel struct {
	*httptest.Server
	heard chan struct{}
}

func newSlowModel(t *testing.T) *slowModel {
	t.Helper()
	m := &slowModel{heard: make(chan struct{})}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, word := range []string{"First", "Second"} {
			fmt.Fprintf(w,
				`data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,`+
					`"delta":{"role":"assistant","content":%q}}]}`+"\n\n", word)
			_ = http.NewResponseController(w).Flush()
			select {
			case <-m.heard:
			case <-time.After(20 * time.Second):
				return
			}
		}
		fmt.Fprint(w,
			`data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,`+
				`"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(m.Close)
	return m
}

// env are the settings that lead the backend to it.
func (m *slowModel) env() []string {
	return []string{"OPENAI_API_KEY=sk-test", "OPENAI_BASE_URL=" + m.URL + "/v1", "OPENAI_MODEL=m"}
}

// hearsEachWord asks the assistant and reads its answer as it comes, the way that a browser does: ready for
// compression.
func (v *visitor) hearsEachWord(t *testing.T, m *slowModel) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, v.url+"/api/chat", strings.NewReader(`{"message": "Hello"}`))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", v.url)
	request.Header.Set("Accept-Encoding", "gzip, deflate, br")
	answer, err := v.client.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	events := bufio.NewScanner(answer.Body)
	until := func(text string) {
		for events.Scan() {
			if strings.Contains(events.Text(), text) {
				return
			}
		}
		require.Fail(t, "the stream ended early", "before %q: %v", text, events.Err())
	}
	for _, word := range []string{"First", "Second"} {
		until(word)
		m.heard <- struct{}{}
	}
	until("event: done")
	assert.NoError(t, events.Err())
}
