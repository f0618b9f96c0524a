// Package engine sees to it that a Docker Engine answers, and that the docker program on PATH can build with BuildKit.
package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Engine is the machine's Docker Engine.
type Engine struct {
	Runner runner.Runner
	Cache  string // folder of what the project keeps: the log and process id of an engine that it started, bin/docker

	host *host // the machine; nil is this one
}

// answerTime is how long an engine may take to answer: Docker Desktop that is just waking up, not one that hangs.
const answerTime = 20 * time.Second

// otherwise is what is left where no container can run.
const otherwise = "Without any container, `go run . dev` runs the app on this machine"

// Ensure makes a Docker Engine answer. One that answers already is used as it is; else it is started where it is
// installed, and installed first where root has apt. The note says which engine answers. Where nothing helps, the one
// error says what was found and the line that mends it.
func (e *Engine) Ensure(ctx context.Context) (note string, err error) {
	h := e.machine()
	version, failure := e.find(ctx)
	if failure == nil {
		return e.choose(ctx, version)
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if !h.mayStart(runner.Output(failure)) {
		return "", fmt.Errorf("%w\n%s", h.advise(failure), otherwise)
	}
	if err := e.start(ctx, h); err != nil {
		return "", fmt.Errorf("starting Docker Engine: %w\n%s", err, otherwise)
	}
	if version, err = e.find(ctx); err != nil {
		return "", fmt.Errorf("starting Docker Engine: it answered and then fell silent; its log is %s: %w", e.log(), err)
	}
	return e.choose(ctx, version)
}

// Check says what Ensure would find, and changes nothing.
func (e *Engine) Check(ctx context.Context) (note string, err error) {
	h := e.machine()
	version, failure := e.find(ctx)
	switch {
	case failure == nil:
		client, err := e.builder(ctx, version)
		return fmt.Sprintf("Docker Engine %s (%s)", version.engine, client), err
	case !h.mayStart(runner.Output(failure)):
		return "", h.advise(failure)
	case h.has("dockerd"):
		return "does not run; deploy starts it", nil
	default:
		return "none; deploy installs it from the machine's packages", nil
	}
}

// errNoClient is why there is no answer where docker is not on PATH.
var errNoClient = errors.New("docker is not on PATH")

// find asks with each docker program on PATH until one gets an answer.
func (e *Engine) find(ctx context.Context) (versions, error) {
	failure := errNoClient
	for _, c := range e.machine().clients() {
		version, err := e.ask(ctx, c)
		if err == nil {
			return version, nil
		}
		if failure == errNoClient {
			failure = err
		}
	}
	return versions{}, failure
}

// versions are what one docker program says of itself and of the engine.
type versions struct{ path, client, engine string }

// ask asks the engine for its version through the docker program at path.
func (e *Engine) ask(ctx context.Context, path string) (versions, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("the engine does not answer within %s", answerTime))
	defer cancel()
	out, err := e.Runner.Output(ctx, runner.Cmd(path, "version", "--format", "{{.Client.Version}} {{.Server.Version}}"))
	if err != nil {
		return versions{}, err
	}
	client, engine, ok := strings.Cut(strings.TrimSpace(out), " ")
	if !ok || engine == "" || engine == "<no value>" {
		return versions{}, fmt.Errorf("asking Docker Engine for its version: %s answered %q", path, out)
	}
	return versions{path: path, client: client, engine: engine}, nil
}

func (e *Engine) machine() *host {
	if e.host == nil {
		e.host = thisHost(e.link())
	}
	return e.host
}

// wait waits until the engine answers, which takes a few seconds after its start.
func (e *Engine) wait(ctx context.Context, h *host) error {
	deadline := time.Now().Add(time.Minute)
	report.Progress(ctx, "waiting for Docker Engine to answer")
	for {
		if _, err := e.find(ctx); err == nil {
			return nil
		}
		if failure := e.fatal(); failure != "" || time.Now().After(deadline) {
			return fmt.Errorf("it does not come up: %s\nIts log is %s",
				orElse(failure, "nothing answers after a minute"), e.log())
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(h.pause):
		}
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (e *Engine) log() string     { return filepath.Join(e.Cache, "dockerd.log") }
func (e *Engine) pidFile() string { return filepath.Join(e.Cache, "dockerd.pid") }
func (e *Engine) link() string    { return filepath.Join(e.Cache, "bin", "docker") }
