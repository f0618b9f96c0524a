package verify

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"

	"todo-app/magefiles/internal/testkit"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestJourneyThroughAnAppThatWorks(t *testing.T) {
	t.Parallel()
	a := &app{}
	note, err := a.start(t).Run(t.Context())
	require.NoError(t, err)
	assert.Contains(t, note, "page, API round trip, frontend → todo-app-backend by DNS")
	assert.Contains(t, note, "(by address: todo.test does not resolve to 127.0.0.1 here)")
	assert.Empty(t, a.todos, "the todo is deleted afterwards")
	assert.Equal(t, 1, a.deleted)
	for _, r := range a.seen {
		assert.Equal(t, "todo.test", r.Host, "the ingress routes by the name, whatever the address is")
	}
}

func TestNameThatResolvesIsNotRemarkedOn(t *testing.T) {
	t.Parallel()
	j := (&app{}).start(t)
	j.URL = "http://" + j.Address
	note, err := j.Run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "page, API round trip, frontend → todo-app-backend by DNS", note)
}

func TestNameThatTheSystemDoesNotKnowIsRemarkedOn(t *testing.T) {
	t.Parallel()
	for host, remark := range map[string]string{
		"todo.test": " (by address: todo.test does not resolve to 127.0.0.1 here)",
		"todo.localhost": " (by address: todo.localhost does not resolve to 127.0.0.1 here, " +
			"but browsers know that it does)",
	} {
		j := (&app{}).start(t)
		j.URL = "http://" + host + ":8080"
		j.lookup = func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") }
		note, err := j.Run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "page, API round trip, frontend → todo-app-backend by DNS"+remark, note)
	}
}

func TestJourneyWaitsForTheIngress(t *testing.T) {
	t.Parallel()
	a := &app{healthFails: 1, routeFails: 1}
	j := a.start(t)
	j.patience, j.pace = time.Minute, time.Millisecond
	_, err := j.Run(t.Context())
	assert.NoError(t, err)
}

func TestJourneyLooksAgainWhereThePageCameWithoutTheBackend(t *testing.T) {
	t.Parallel()
	a := &app{pageBlank: 2}
	j := a.start(t)
	j.patience, j.pace = time.Minute, time.Millisecond
	_, err := j.Run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, a.deleted)
}

func TestBrokenAppIsTold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		app     *app
		says    []string
		deletes int
	}{
		"an older frontend runs": {&app{frontend: "v0"},
			[]string{"GET /healthz says that frontend v0 and backend v1 run, instead of v1 and v1"}, 0},
		"an older backend runs": {&app{backend: "v0"},
			[]string{"GET /healthz says that frontend v1 and backend v0 run, instead of v1 and v1"}, 0},
		"the frontend does not find the backend": {&app{healthFails: 100},
			[]string{"GET /healthz answered 503 instead of 200", "getaddrinfo ENOTFOUND todo-app-backend"}, 0},
		"the ingress does not find the backend": {&app{routeFails: 100},
			[]string{"GET /api/version answered 503 instead of 200: no available server"}, 0},
		"the ingress finds another backend": {&app{apiVersion: "v0"},
			[]string{`GET /api/version answered {"version":"v0"} instead of the version v1`}, 0},
		"another server answers": {&app{notJSON: true},
			[]string{"GET /healthz answered no JSON: is another server behind 127.0.0.1:"}, 0},
		"the page lacks the todo": {&app{pageBlank: 1000},
			[]string{"the page of http://todo.test lacks the todo", "renders without the backend"}, 1},
		"the page fails": {&app{pageStatus: 500},
			[]string{"GET / answered 500 instead of 200: Application error: éé"}, 1},
		"the API fails": {&app{postStatus: 500, postBody: `{"title":"Internal Server Error"}`},
			[]string{"POST /api/todos answered 500 instead of 201: {\"title\":\"Internal Server Error\"}"}, 0},
		"the API answers otherwise": {&app{postStatus: 200, postBody: "{}"},
			[]string{"POST /api/todos answered 200 instead of 201"}, 0},
		"the API answers no todo": {&app{postStatus: 201, postBody: "{}"},
			[]string{"POST /api/todos answered no todo with an id: {}"}, 0},
		"the todo cannot be deleted": {&app{keepsTodos: true},
			[]string{"DELETE /api/todos/id-1 answered 500 instead of 204: the database is gone"}, 0},
		"the cookie gets lost": {&app{noCookie: true}, []string{"lacks the todo", "loses the visitor's cookie"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tt.app.start(t).Run(t.Context())
			require.ErrorContains(t, err, "verifying http://todo.test: ")
			testkit.ErrorSays(t, err, tt.says...)
			assert.True(t, utf8.ValidString(err.Error()))
			assert.Equal(t, tt.deletes, tt.app.deleted, "what was added is deleted, also after a failure")
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(nil)
	s.Close() // its port is free now
	j := Journey{URL: "http://todo.test", Address: s.Listener.Addr().String(), patience: time.Millisecond}
	_, err := j.Run(t.Context())
	assert.ErrorContains(t, err, "GET /healthz got no answer: ")
	assert.ErrorContains(t, err, "connection refused")
}

func TestAnswerThatIsCutOffIsToldAsSuch(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("{"))
	}))
	t.Cleanup(s.Close)
	j := Journey{URL: "http://todo.test", Address: s.Listener.Addr().String(), patience: time.Millisecond}
	_, err := j.Run(t.Context())
	assert.ErrorContains(t, err, "reading the answer to GET /healthz: ")
}

func TestJourneyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("another step failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	j := (&app{healthFails: 1000}).start(t)
	j.patience = time.Minute
	time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
	_, err := j.Run(ctx)
	assert.ErrorIs(t, err, cause)
}
