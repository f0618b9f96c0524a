// Package engine sees to it that a Docker Engine answers, and that the docker program on PATH can build with BuildKit.
package engine

import (
	"context"
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

// Ensure makes a Docker Engine answer. One that answers already is used as it is; else it is started where it is
// installed, and installed first where root has apt. The note says which engine answers. Where nothing helps, the one
// error says what was found and the line that mends it.
func (e *Engine) Ensure(ctx context.Context) (note string, err error) {
	h := e.machine()
	var failure error
	for _, c := range h.clients() {
		version, err := e.ask(ctx, c)
		if err == nil {
			return e.choose(ctx, version)
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if failure == nil {
			failure = err
		}
	}
	if !h.mayStart(runner.Output(failure)) {
		return "", h.advise(failure)
	}
	if err := e.start(ctx, h); err != nil {
		return "", fmt.Errorf("starting Docker Engine: %w", err)
	}
	for _, c := range h.clients() {
		if version, err := e.ask(ctx, c); err == nil {
			return e.choose(ctx, version)
		}
	}
	return "", fmt.Errorf("starting Docker Engine: it answered and then fell silent; its log is %s", e.log())
}

// versions are what one docker program says of itself and of the engine.
type versions struct{ path, client, engine string }

// ask asks the engine for its version through the docker program at path.
func (e *Engine) ask(ctx context.Context, path string) (versions, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("Docker Engine does not answer within %s", answerTime))
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
		for _, c := range h.clients() {
			if _, err := e.ask(ctx, c); err == nil {
				return nil
			}
		}
		if failure := e.fatal(); failure != "" || time.Now().After(deadline) {
			return fmt.Errorf("it does not come up: %s\nIts log is %s. Where no container can run at all, `go run . dev` runs the app without one",
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
