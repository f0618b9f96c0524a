package smoke

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

var set = images.Set{Backend: "todo-backend:b1", Frontend: "todo-frontend:f1"}

// removal is what is run before and after everything else, where there is nothing to remove.
var removal = []string{
	"docker ps --all --quiet --filter label=todo-app.run=x-run",
	"docker network ls --quiet --filter label=todo-app.run=x-run",
}

// named is how names are looked for that are somebody else's.
var named = []string{
	`docker network ls --filter name=x-run --format {{.Name}} {{.Label "todo-app.run"}}`,
	`docker container ls --all --filter name=x-run-frontend --format {{.Names}} {{.Label "todo-app.run"}}`,
	`docker container ls --all --filter name=x-run-backend --format {{.Names}} {{.Label "todo-app.run"}}`,
	`docker container ls --all --filter name=x-run-postgres --format {{.Names}} {{.Label "todo-app.run"}}`,
}

func TestWhatAKilledRunLeftIsRemovedAndWhatIsSomebodyElsesIsRefused(t *testing.T) {
	t.Parallel()
	fake := engine(
		t,
		runner.Reply{
			Prefix: removal[0],
			Output: "c1\nc2",
			Times:  1,
		},
		runner.Reply{Prefix: removal[1], Output: "n1", Times: 1},
		runner.Reply{Prefix: named[0], Output: "x-run "},
		runner.Reply{Prefix: named[3], Output: "x-run-postgres other"},
	).Allow("docker rm --force --volumes c1 c2", "docker network rm n1")
	_, err := testOf(fake).Run(t.Context())
	testkit.ErrorSays(t, err, `the network "x-run" of the Docker Engine was not made by this deployment`,
		`the container "x-run-postgres"`, "TODO_PROFILE")
	want := []string{removal[0], "docker rm --force --volumes c1 c2", removal[1], "docker network rm n1"}
	assert.Equal(t, append(want, named...), fake.Lines(), "nothing is made, and nothing else removed")
}

const network = "docker network create --label todo-app.run=x-run x-run"

const confinement = "--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges"

// containers serves both images' answers and returns the replies that publish them.
func containers(t *testing.T) []runner.Reply {
	t.Helper()
	var mu sync.Mutex
	var title string
	serve := func(handler http.HandlerFunc) string {
		s := httptest.NewServer(handler)
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	backend := serve(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == "DELETE" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if r.URL.Path == "/api/version" {
			_, _ = fmt.Fprint(w, `{"version":"b1"}`)
			return
		}
		if "http://"+r.Host != r.Header.Get("Origin") || r.URL.Path != "/api/todos" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		var todo struct{ Title string }
		_ = json.NewDecoder(r.Body).Decode(&todo)
		title = todo.Title
		w.WriteHeader(http.StatusCreated)
		_, _ = fmt.Fprint(w, `{"id":"1"}`)
	})
	frontend := serve(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/healthz" {
			_, _ = fmt.Fprint(w,
				`{"status":"ok","version":"f1","backend":{"status":"ok","host":"backend","version":"b1"}}`)
			return
		}
		_, _ = fmt.Fprintf(w, "<li>%s</li>", title)
	})
	return []runner.Reply{
		{Prefix: "docker port x-run-backend 8000/tcp", Output: backend},
		{Prefix: "docker port x-run-frontend 3000/tcp", Output: frontend},
	}
}

// engine answers as a Docker Engine where all that is not in replies goes well.
func engine(t *testing.T, replies ...runner.Reply) *runner.Fake {
	t.Helper()
	return runner.NewFake(t, replies...).Allow(removal...).Allow(named...).Allow(network, "docker run --network x-run ")
}

func testOf(fake *runner.Fake) Test {
	return Test{Runner: fake, Images: set, Name: "x-run"}
}

func TestRunStartsEverythingChecksItAndRemovesItAgain(t *testing.T) {
	t.Parallel()
	fake := engine(t, containers(t)...)
	note, err := testOf(fake).Run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "page, API round trip, frontend → backend by DNS; containers removed", note)
	want := slices.Concat(removal, named, []string{
		network,
		"docker run --network x-run --label todo-app.run=x-run --detach --name x-run-postgres --network-alias postgres --env POSTGRES_USER " +
			"--env POSTGRES_DB --env POSTGRES_PASSWORD postgres:15-bookworm",
		"docker run --network x-run --label todo-app.run=x-run --detach --name x-run-backend --network-alias backend --publish 127.0.0.1::8000 " +
			confinement + " --env DATABASE_URL --env APP_VERSION todo-backend:b1",
		"docker run --network x-run --label todo-app.run=x-run --detach --name x-run-frontend --network-alias frontend --publish " +
			"127.0.0.1::3000 " + confinement +
			" --tmpfs /app/.next/cache:mode=1777 --env BACKEND_URL --env APP_VERSION todo-frontend:f1",
		"docker port x-run-backend 8000/tcp",
		"docker port x-run-frontend 3000/tcp",
	}, removal)
	assert.Equal(t, want, fake.Lines())
}

func TestPasswordIsInTheEnvironmentOnlyAndNewEachTime(t *testing.T) {
	t.Parallel()
	var passwords []string
	for range 2 {
		fake := engine(
			t,
			runner.Reply{
				Prefix: "docker run --network x-run --label todo-app.run=x-run --detach --name x-run-backend",
				Fails:  "no space left",
			},
		)
		fake.Allow("docker logs --tail 8 x-run-")
		_, err := testOf(fake).Run(t.Context())
		require.Error(t, err)
		var password string
		for _, call := range fake.Calls() {
			if strings.Contains(call.Line, "--name x-run-postgres ") && strings.HasPrefix(call.Line, "docker run") {
				password = strings.TrimPrefix(call.Env[2], "POSTGRES_PASSWORD=")
			}
		}
		require.Regexp(t, regexp.MustCompile("^[A-Z2-7]{26}$"), password)
		assert.NotContains(t, strings.Join(fake.Lines(), "\n"), password)
		assert.NotContains(t, err.Error(), password)
		for _, call := range fake.Calls() {
			if strings.Contains(call.Line, "todo-backend:b1") {
				assert.Equal(t,
					[]string{"DATABASE_URL=postgresql://todo:" + password + "@postgres:5432/todo", "APP_VERSION=b1"},
					call.Env)
			}
		}
		passwords = append(passwords, password)
	}
	assert.NotEqual(t, passwords[0], passwords[1])
}

func TestFailureIsToldWithLastLinesAndEverythingIsRemoved(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  string
	}{
		"no network can be made": {runner.Reply{Prefix: network, Fails: "pool exhausted"},
			"creating the network x-run: "},
		"the database does not start": {
			runner.Reply{Prefix: "docker run --network x-run --label todo-app.run=x-run --detach --name x-run-postgres", Fails: "no such image"},
			"starting the container of postgres:15-bookworm: "},
		"the frontend does not start": {
			runner.Reply{Prefix: "docker run --network x-run --label todo-app.run=x-run --detach --name x-run-frontend",
				Fails: "exec format error"}, "starting the container of todo-frontend:f1: "},
		"the backend has ended": {runner.Reply{Prefix: "docker port x-run-backend", Fails: "no public port"},
			"reading where the backend is published (did it end at once?): "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := engine(t,
				append([]runner.Reply{tt.reply, {Prefix: "docker logs --tail 8 x-run-backend", Output: "Traceback\n"},
					{Prefix: "docker logs --tail 8 x-run-frontend", Fails: "No such container"}}, containers(t)...)...)
			_, err := testOf(fake).Run(t.Context())
			require.ErrorContains(t, err, tt.says)
			assert.ErrorContains(t, err, tt.reply.Fails)
			assert.ErrorContains(t, err, "last lines of the backend:\nTraceback")
			assert.NotContains(t, err.Error(), "last lines of the frontend")
			lines := fake.Lines()
			assert.Equal(t, removal, lines[:len(removal)])
			assert.Equal(t, removal, lines[len(lines)-len(removal):])
		})
	}
}

func TestLastLinesAreOfBothOutputs(t *testing.T) {
	t.Parallel()
	saysOnBoth := func(_ context.Context, c runner.Command) error {
		_, _ = fmt.Fprintln(c.Stdout, "serving")
		_, _ = fmt.Fprintln(c.Stderr, "Traceback")
		return nil
	}
	fake := runner.NewFake(t, runner.Reply{Prefix: "docker logs --tail 8 x-run-", Does: saysOnBoth})
	err := testOf(fake).lastLines(t.Context())
	assert.EqualError(t, err,
		"last lines of the backend:\nserving\nTraceback\nlast lines of the frontend:\nserving\nTraceback")
}

func TestInterruptedRunIsRemoved(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	interrupted := func(ctx context.Context, _ runner.Command) error { cancel(); return ctx.Err() }
	fake := engine(
		t,
		runner.Reply{Prefix: "docker run --network x-run --label todo-app.run=x-run --detach --name x-run-backend", Does: interrupted},
	)
	_, err := testOf(fake).Run(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	lines := fake.Lines()
	assert.Equal(t, removal, lines[len(lines)-len(removal):])
	assert.NotContains(t, strings.Join(lines, "\n"), "docker logs", "nobody asked for the cause")
}
