// Package local runs the app on this machine with no container: a real Postgres from a Python package, the backend, the
// frontend. `mage dev`, the browser tests and the benchmark start and stop it by the same means.
package local

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/runner"
)

// How long servers may take to end when they are asked to, before they are killed. Both fit into the 5 s that mage
// grants after a Ctrl-C, unless the machine is very busy: a database is not to be killed for that.
const (
	grace         = 2 * time.Second
	databaseGrace = 20 * time.Second
)

// App is the app of one clone, and the servers of it that run.
type App struct {
	Runner runner.Runner
	Root   string // the repository's root
	Cache  string // what the clones' builds keep for each other, and their locks
	Python string // the interpreter of an environment with the backend's packages
	Log    func(server string) io.Writer

	mu      sync.Mutex
	running []*Server // in the order in which they started
}

// Server is one that runs.
type Server struct {
	Name    string
	URL     string // without a slash at its end; Postgres' own is that of its database
	Process *runner.Process
}

// Start runs a server and keeps it for Stop.
func (a *App) Start(name, url string, c runner.Command) (*Server, error) {
	if c.Stdout == nil {
		c.Stdout = a.Log(name)
	}
	c.Stderr = a.Log(name)
	process, err := a.Runner.Start(c)
	if err != nil {
		return nil, fmt.Errorf("starting the %s: %w", name, err)
	}
	s := &Server{Name: name, URL: url, Process: process}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running = append(a.running, s)
	return s, nil
}

// StartTelling is Start for a server that prints a line once it is ready: it waits for that line and returns it.
func (a *App) StartTelling(ctx context.Context, name, url string, c runner.Command) (*Server, string, error) {
	told := make(chan string, 1)
	s, err := a.Start(name, url, c.WithStdout(lines.To(func(line string) {
		select {
		case told <- strings.TrimSpace(line):
		default: // only the first one counts
		}
	})))
	if err != nil {
		return nil, "", err
	}
	select {
	case line := <-told:
		return s, line, nil
	case <-s.Process.Ended():
		return nil, "", s.failure()
	case <-time.After(StartTime):
		return nil, "", fmt.Errorf("starting the %s: it was not ready within %s", name, StartTime)
	case <-ctx.Done():
		return nil, "", context.Cause(ctx)
	}
}

// Wait returns when ctx ends, or when a server ends that nobody stopped: with the reason.
func (a *App) Wait(ctx context.Context) error {
	a.mu.Lock()
	servers := slices.Clone(a.running)
	a.mu.Unlock()
	first := make(chan error, len(servers))
	for _, s := range servers {
		go func() { first <- s.failure() }()
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case err := <-first:
		return err
	}
}

func (s *Server) failure() error {
	if err := s.Process.Err(); err != nil {
		return fmt.Errorf("the %s has ended: %w", s.Name, err)
	}
	return fmt.Errorf("the %s was stopped", s.Name)
}

// Stop ends all servers and returns when they have ended: the database last, which the others use.
func (a *App) Stop() {
	a.mu.Lock()
	servers := a.running
	a.running = nil
	a.mu.Unlock()
	var others sync.WaitGroup
	for _, s := range servers {
		if s.Name != postgres {
			others.Go(s.stop)
		}
	}
	others.Wait()
	for _, s := range servers {
		if s.Name == postgres {
			s.stop()
		}
	}
}

func (s *Server) stop() {
	if s.Name == postgres {
		s.Process.Stop(databaseGrace)
		return
	}
	s.Process.Stop(grace)
}

// StopServer ends one of the servers and returns when it has ended.
func (a *App) StopServer(s *Server) {
	a.mu.Lock()
	a.running = slices.DeleteFunc(a.running, func(one *Server) bool { return one == s })
	a.mu.Unlock()
	s.stop()
}

// Answers waits until path of s answers with a status that suits, or s ends, or it has had its time.
func (s *Server) Answers(ctx context.Context, path string, within time.Duration, suits func(status int) bool) error {
	late := fmt.Errorf("waiting for the %s: %s%s did not answer as it should within %s; its log is above",
		s.Name, s.URL, path, within)
	ctx, cancel := context.WithTimeoutCause(ctx, within, late)
	defer cancel()
	return poll.Until(ctx, 20*time.Millisecond, 0, func() error {
		select {
		case <-s.Process.Ended():
			return poll.Permanent(s.failure())
		default:
		}
		status, err := get(ctx, s.URL+path)
		if err == nil && !suits(status) {
			err = fmt.Errorf("it answered %d", status)
		}
		return err
	})
}

func get(ctx context.Context, url string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, errors.Join(err, answer.Body.Close())
}

func (a *App) backend() string  { return filepath.Join(a.Root, "backend") }
func (a *App) frontend() string { return filepath.Join(a.Root, "frontend") }

// StartTime is how long a server may take to answer on a machine that does much else, such as compiling the frontend's
// first page while developing. Only a hang takes longer: a server that ends is told of at once.
const StartTime = 15 * time.Minute

// StartBackend serves the API at a port of 127.0.0.1, and waits until it reaches its database. env is added to its
// environment: its settings.
func (a *App) StartBackend(ctx context.Context, port int, databaseURL string, env ...string) (*Server, error) {
	return a.runBackend(ctx, []string{"-m", "app"}, port, databaseURL, env)
}

// runBackend is StartBackend by a call of Python with args.
func (a *App) runBackend(ctx context.Context, args []string, port int, database string, env []string) (*Server, error) {
	call := runner.Cmd(a.Python, args...).In(a.backend()).
		WithEnv(databaseEnv(database)...).WithEnv("HOST=127.0.0.1", "PORT="+strconv.Itoa(port)).WithEnv(env...)
	return a.serve(ctx, chart.Backend, port, call, "/api/health/ready", isOK)
}

// DevelopFrontend serves the frontend's sources, which reload when they change, at a port of 127.0.0.1. options are those
// of `next dev`.
func (a *App) DevelopFrontend(ctx context.Context, port int, backendURL string, options ...string) (*Server, error) {
	args := []string{"node_modules/next/dist/bin/next", "dev", "--hostname", "127.0.0.1", "--port", strconv.Itoa(port)}
	call := runner.Cmd("node", append(args, options...)...).In(a.frontend()).
		WithEnv("BACKEND_URL="+backendURL, "NEXT_TELEMETRY_DISABLED=1")
	// A page with an error in it is an answer, too: whoever develops will see it.
	return a.serve(ctx, chart.Frontend, port, call, "/", func(int) bool { return true })
}

// serve starts a server at a port of 127.0.0.1, and waits until path answers with a status that suits.
func (a *App) serve(
	ctx context.Context, name string, port int, c runner.Command, path string, suits func(status int) bool,
) (*Server, error) {
	s, err := a.Start(name, "http://127.0.0.1:"+strconv.Itoa(port), c)
	if err != nil {
		return nil, err
	}
	return s, s.Answers(ctx, path, StartTime, suits)
}

func isOK(status int) bool { return status == http.StatusOK }

const postgres = "database"

//go:embed postgres.py
var postgresScript string

// StartPostgres runs a Postgres on the files in the folder data, which are made where there are none, and waits until
// it answers. It listens on a Unix socket only.
func (a *App) StartPostgres(ctx context.Context, data string) (*Server, error) {
	call := runner.Cmd(a.Python, "-W", "ignore", "-c", postgresScript, data)
	s, url, err := a.StartTelling(ctx, postgres, "", call)
	if err != nil {
		return nil, fmt.Errorf("%w\n(its data and its own log are in %s; where nothing else helps, remove that folder to begin anew)", err, data)
	}
	s.URL = url
	return s, nil
}

// Value runs a statement on the database and returns the first value of its answer; "" where it has none.
func (a *App) Value(ctx context.Context, database *Server, statement string) (string, error) {
	const script = `import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    answer = connection.execute(sys.stdin.read())
    print(answer.fetchone()[0] if answer.description else "")`
	call := runner.Cmd(a.Python, "-c", script, database.URL).WithStdin(strings.NewReader(statement))
	value, err := a.Runner.Output(ctx, call)
	if err != nil {
		return "", fmt.Errorf("running SQL: %w", err)
	}
	return value, nil
}

// databaseEnv leads the backend to one database, whatever the settings of a deployment say.
func databaseEnv(url string) []string { return []string{"DATABASE_URL=" + url, "DIRECT_DATABASE_URL="} }
