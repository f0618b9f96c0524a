package local

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
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
	for name, lead := range ways {
		t.Run(name, func(t *testing.T) { t.Parallel(); passesEventsOn(t, lead) })
	}
}

// ways lead to a backend.
var ways = map[string]func(backend *httptest.Server) (http.Handler, error){
	"by the gateway": func(b *httptest.Server) (http.Handler, error) { return Gateway(b.URL, b.URL, io.Discard) },
	"from a deployment": func(b *httptest.Server) (http.Handler, error) {
		return Ingress("http://todo.local", b.Listener.Addr().String(), io.Discard)
	},
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

func TestAnAnswerThatBeginsBeforeTheEndOfTheRequestWasSeenIsPassedOnWhole(t *testing.T) {
	t.Parallel()
	for name, lead := range ways {
		t.Run(name, func(t *testing.T) { t.Parallel(); passesEarlyAnswersOn(t, lead) })
	}
}

func passesEarlyAnswersOn(t *testing.T, lead func(backend *httptest.Server) (http.Handler, error)) {
	t.Helper()
	begun, ended := make(chan struct{}), make(chan struct{})
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "5")
		_ = http.NewResponseController(w).Flush()
		<-ended
		_, _ = io.WriteString(w, "whole")
	}))
	defer backend.Close()
	handler, err := lead(backend)
	require.NoError(t, err)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = &lateEnd{ReadCloser: r.Body, begun: begun, ended: ended}
		handler.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	answer, err := http.Post(proxy.URL+"/api/todos/read", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	defer answer.Body.Close()
	close(begun)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	assert.Equal(t, "whole", string(body))
}

// lateEnd is a request's body whose end is looked for once the answer has begun, as on a busy machine.
type lateEnd struct {
	io.ReadCloser
	begun, ended chan struct{}
	read         int
	once         sync.Once
}

func (l *lateEnd) Read(p []byte) (n int, err error) {
	if l.read > 0 {
		<-l.begun
		defer l.once.Do(func() { close(l.ended) })
	}
	n, err = l.ReadCloser.Read(p)
	l.read += n
	return n, err
}
