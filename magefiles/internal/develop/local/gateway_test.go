package local

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// named answers with its name and what it was asked.
func named(name string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s %s", name, r.Host, r.URL.RequestURI(), r.Header.Get("X-Forwarded-Proto"))
	}))
}

func TestTheGatewayRoutesAsTheIngressDoes(t *testing.T) {
	t.Parallel()
	backend, frontend := named("backend"), named("frontend")
	defer backend.Close()
	defer frontend.Close()
	handler, err := Gateway(backend.URL, frontend.URL, t.Output())
	require.NoError(t, err)
	for path, want := range map[string]string{
		"/": "frontend", "/api/todos?q=a%20b": "backend", "/api": "backend", "/apis": "frontend",
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://todo.local:8080"+path, nil))
		assert.Equal(t, want+" todo.local:8080 "+path+" http", answer.Body.String())
	}
	backend.Close()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/todos", nil))
	assert.Equal(t, http.StatusBadGateway, answer.Code)
}

func TestEventsArePassedOnAsTheyCome(t *testing.T) {
	t.Parallel()
	for name, lead := range map[string]func(backend *httptest.Server) (http.Handler, error){
		"by the gateway": func(b *httptest.Server) (http.Handler, error) { return Gateway(b.URL, b.URL, io.Discard) },
		"from a deployment": func(b *httptest.Server) (http.Handler, error) {
			return Ingress("http://todo.local", b.Listener.Addr().String(), io.Discard)
		},
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); passesEventsOn(t, lead) })
	}
}

func passesEventsOn(t *testing.T, lead func(backend *httptest.Server) (http.Handler, error)) {
	t.Helper()
	next := make(chan struct{})
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n", i)
			_ = http.NewResponseController(w).Flush()
			<-next // not before the reader has it
		}
	}))
	defer backend.Close()
	handler, err := lead(backend)
	require.NoError(t, err)
	proxy := httptest.NewServer(handler)
	defer proxy.Close()
	answer, err := http.Get(proxy.URL + "/api/chat")
	require.NoError(t, err)
	defer answer.Body.Close()
	events := bufio.NewReader(answer.Body)
	for i := range 3 {
		line, err := events.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprintf("data: %d\n", i), line)
		next <- struct{}{}
	}
	_, err = events.ReadByte()
	assert.ErrorIs(t, err, io.EOF)
}
