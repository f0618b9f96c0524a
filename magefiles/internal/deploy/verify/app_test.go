package verify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// app plays the deployed app: a session by cookie, todos, a page that shows them, and the frontend's health. Its zero
// value works well; each field breaks one thing.
type app struct {
	frontend    string // its version; "v1" when ""
	backend     string // likewise
	healthFails int    // how many times /healthz answers 503 first
	routeFails  int    // how many times /api leads nowhere first
	apiVersion  string
	pageStatus  int
	pageBlank   int // how many pages lack todos first
	noCookie    bool
	postStatus  int
	postBody    string
	keepsTodos  bool // DELETE answers 500
	notJSON     bool

	mu      sync.Mutex
	todos   map[string]string // ID to title
	deleted int
	seen    []*http.Request
}

// start serves a and returns the journey through it under the name todo.test, which resolves nowhere.
func (a *app) start(t *testing.T) Journey {
	t.Helper()
	s := httptest.NewServer(a)
	t.Cleanup(s.Close)
	return Journey{URL: "http://todo.test", Address: s.Listener.Addr().String(), BackendVersion: "v1",
		FrontendVersion: "v1", patience: time.Millisecond}
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen = append(a.seen, r)
	cookie, _ := r.Cookie("todo_session")
	known := cookie != nil && cookie.Value == "visitor"
	switch {
	case r.URL.Path == "/healthz":
		a.health(w)
	case r.URL.Path == "/api/version" && a.routeFails > 0:
		a.routeFails--
		http.Error(w, "no available server", http.StatusServiceUnavailable)
	case r.URL.Path == "/api/version":
		_, _ = fmt.Fprintf(w, `{"version":%q}`, cmp.Or(a.apiVersion, a.backend, "v1"))
	case r.Method == "POST" && r.URL.Path == "/api/todos":
		a.post(w, r)
	case r.Method == "DELETE" && strings.HasPrefix(r.URL.Path, "/api/todos/") && known:
		if a.keepsTodos {
			http.Error(w, "the database is gone", http.StatusInternalServerError)
			return
		}
		delete(a.todos, strings.TrimPrefix(r.URL.Path, "/api/todos/"))
		a.deleted++
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/":
		a.page(w, known)
	default:
		http.NotFound(w, r)
	}
}

func (a *app) health(w http.ResponseWriter) {
	switch {
	case a.healthFails > 0:
		a.healthFails--
		http.Error(w,
			`{"status":"error","backend":{"status":"error","reason":"getaddrinfo ENOTFOUND todo-app-backend"}}`,
			http.StatusServiceUnavailable)
	case a.notJSON:
		_, _ = fmt.Fprint(w, "<html>It works!</html>")
	default:
		_, _ = fmt.Fprintf(w,
			`{"status":"ok","version":%q,"backend":{"status":"ok","host":"todo-app-backend","version":%q}}`,
			cmp.Or(a.frontend, "v1"), cmp.Or(a.backend, "v1"))
	}
}

func (a *app) post(w http.ResponseWriter, r *http.Request) {
	if a.postStatus != 0 {
		w.WriteHeader(a.postStatus)
		_, _ = fmt.Fprint(w, a.postBody)
		return
	}
	var todo struct{ Title string }
	if json.NewDecoder(r.Body).Decode(&todo) != nil || r.Header.Get("Content-Type") != "application/json" ||
		r.Header.Get("Origin") != "http://"+r.Host {
		http.Error(w, "not as a browser writes", http.StatusForbidden)
		return
	}
	a.todos = map[string]string{"id-1": todo.Title}
	if !a.noCookie {
		http.SetCookie(w,
			&http.Cookie{Name: "todo_session", Value: "visitor", Path: "/", HttpOnly: true,
				SameSite: http.SameSiteLaxMode})
	}
	w.WriteHeader(http.StatusCreated)
	_, _ = fmt.Fprintf(w, `{"id":"id-1","title":%q}`, todo.Title)
}

func (a *app) page(w http.ResponseWriter, known bool) {
	if a.pageStatus != 0 {
		http.Error(w, "Application error: "+strings.Repeat("é", 300), a.pageStatus)
		return
	}
	if a.pageBlank--; a.pageBlank >= 0 {
		return
	}
	for _, title := range a.todos {
		if known {
			_, _ = fmt.Fprintf(w, "<li>%s</li>", html.EscapeString(title))
		}
	}
}
