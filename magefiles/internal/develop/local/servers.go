package local

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"todo-app/magefiles/internal/runner"
)

// Names of the servers in logs and errors.
const (
	Backend  = "backend"
	Frontend = "frontend"
)

// StartTime is how long a server may take to answer on a machine that does much else, such as compiling the frontend's first
// page while developing. Only a hang takes longer: a server that ends is told of at once.
const StartTime = 15 * time.Minute

// StartBackend serves the API at a port of 127.0.0.1, and waits until it reaches its database. env is added to its
// environment: its settings.
func (a *App) StartBackend(ctx context.Context, port int, databaseURL string, env ...string) (*Server, error) {
	call := runner.Cmd(a.Python, "-m", "app").In(a.backend()).
		WithEnv(databaseEnv(databaseURL)...).WithEnv("HOST=127.0.0.1", "PORT="+strconv.Itoa(port)).WithEnv(env...)
	s, err := a.Start(Backend, "http://127.0.0.1:"+strconv.Itoa(port), call)
	if err != nil {
		return nil, err
	}
	return s, s.Answers(ctx, "/api/health/ready", StartTime, isOK)
}

// DevelopFrontend serves the frontend's sources, which reload when they change, at a port of 127.0.0.1.
func (a *App) DevelopFrontend(ctx context.Context, port int, backendURL string, env ...string) (*Server, error) {
	call := runner.Cmd("node", "node_modules/next/dist/bin/next", "dev", "--hostname", "127.0.0.1", "--port", strconv.Itoa(port))
	s, err := a.startFrontend(port, backendURL, call.WithEnv(env...))
	if err != nil {
		return nil, err
	}
	// A page with an error in it is an answer, too: whoever develops will see it.
	return s, s.Answers(ctx, "/", StartTime, func(int) bool { return true })
}

func (a *App) startFrontend(port int, backendURL string, call runner.Command) (*Server, error) {
	call = call.In(a.frontend()).WithEnv("BACKEND_URL="+backendURL, "NEXT_TELEMETRY_DISABLED=1")
	return a.Start(Frontend, "http://127.0.0.1:"+strconv.Itoa(port), call)
}

func isOK(status int) bool { return status == http.StatusOK }
