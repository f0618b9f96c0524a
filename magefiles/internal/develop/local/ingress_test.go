package local

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestADeploymentIsAskedUnderItsNameAndOnlyThePagesOfDevCountAsItsOwn(t *testing.T) {
	t.Parallel()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s from %q by %q", r.Host, r.URL.RequestURI(), r.Header["Origin"], r.Header["X-Forwarded-Host"])
	}))
	defer app.Close()
	handler, err := Ingress("http://todo.local:8080", app.Listener.Addr().String(), t.Output(), "http://localhost:3000",
		"http://127.0.0.1:3000")
	require.NoError(t, err)
	for origin, seen := range map[string]string{
		"http://localhost:3000": `["http://todo.local:8080"]`,
		"http://127.0.0.1:3000": `["http://todo.local:8080"]`,
		"http://evil.example":   `["http://evil.example"]`,
		"http://localhost:3001": `["http://localhost:3001"]`,
		"null":                  `["null"]`,
		"":                      `[]`,
	} {
		request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:20001/api/todos?q=a%20b", nil)
		request.Header.Set("X-Forwarded-Host", "localhost:3000") // Next.js sets it
		if origin != "" {
			request.Header.Set("Origin", origin)
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		assert.Equal(t, "todo.local:8080 /api/todos?q=a%20b from "+seen+" by []", answer.Body.String(), origin)
	}
}

func TestADeploymentThatDoesNotAnswerIsToldOf(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(nil)
	address := gone.Listener.Addr().String()
	gone.Close()
	var said bytes.Buffer
	handler, err := Ingress("http://todo.local", address, &said)
	require.NoError(t, err)
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/todos", nil))
	assert.Equal(t, http.StatusBadGateway, answer.Code)
	assert.Contains(t, said.String(), "asking the deployed app at "+address+" for /api/todos: dial tcp")
}
