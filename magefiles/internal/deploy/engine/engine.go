// Package engine makes sure that a Docker Engine answers, and that the docker program on PATH can build with BuildKit.
package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/runner"
)

// Engine finds the machine's Docker Engine.
type Engine struct {
	Runner  runner.Runner
	Cache   string // the project's cache folder, whose bin/docker comes before PATH
	Host    string // DOCKER_HOST
	Machine machine.Machine
	Starter Starter
}

// Starter starts a Docker Engine on a machine where none answers.
type Starter interface {
	// Plan says what Start would do, in words that follow "Docker Engine"; "" where it cannot start one here.
	Plan() string
	// Start starts an engine, and returns once answers returns no error.
	Start(ctx context.Context, answers func(context.Context) error) error
	// Mend mends what the engine that Start started needs and has lost since.
	Mend(ctx context.Context) error
	// Stop stops the engine that Start started, and no other. It reports whether there was one.
	Stop(ctx context.Context) (stopped bool, err error)
}

// answerTime is how long an engine may take to answer: a Docker Desktop may have to wake up first.
const answerTime = 20 * time.Second

// withoutEngine is what is left where no container can run.
const withoutEngine = "Without any container, `mage dev` runs the app on this machine"

// Ensure makes a Docker Engine answer: one that answers already is used as it is, else the Starter starts one where it
// can. The note says which engine answers.
func (e *Engine) Ensure(ctx context.Context) (note string, err error) {
	found, failure := e.find(ctx)
	switch {
	case failure == nil:
		if err := e.Starter.Mend(ctx); err != nil {
			return "", err
		}
		return e.linkBuilder(ctx, found)
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case e.plan(failure) == "":
		return "", fmt.Errorf("%w\n%s", e.advise(failure), withoutEngine)
	}
	err = e.Starter.Start(ctx, func(ctx context.Context) (err error) {
		found, err = e.find(ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("starting Docker Engine: %w\n%s", err, withoutEngine)
	}
	return e.linkBuilder(ctx, found)
}

// Check says what Ensure would find, and changes nothing.
func (e *Engine) Check(ctx context.Context) (note string, err error) {
	found, failure := e.find(ctx)
	if failure == nil {
		client, err := e.builder(ctx, found)
		return fmt.Sprintf("Docker Engine %s (%s)", found.engine, client), err
	}
	if plan := e.plan(failure); plan != "" {
		return plan, nil
	}
	return "", e.advise(failure)
}

// Stop stops the engine that Ensure started, and no other. It reports whether there was one.
func (e *Engine) Stop(ctx context.Context) (stopped bool, err error) { return e.Starter.Stop(ctx) }

// plan says what would be started; "" where nothing can be, or where the user's own engine has to be mended instead.
func (e *Engine) plan(failure error) string {
	if e.Host != "" || denied(runner.Output(failure)) {
		return ""
	}
	return e.Starter.Plan()
}

// errNoClient says that there is no program to ask an engine with.
var errNoClient = errors.New("docker is not on PATH")

// find asks the engine for its version, with each docker program on PATH until one gets an answer.
func (e *Engine) find(ctx context.Context) (versions, error) {
	failure := errNoClient
	for _, c := range e.clients() {
		found, err := e.ask(ctx, c)
		if err == nil {
			return found, nil
		}
		if failure == errNoClient {
			failure = err
		}
	}
	return versions{}, failure
}

// versions are those that the docker program at path prints: its own and the engine's.
type versions struct{ path, client, engine string }

func (e *Engine) ask(ctx context.Context, path string) (versions, error) {
	late := fmt.Errorf("the engine does not answer within %s", answerTime)
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, late)
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

// clients are the docker programs on PATH, the one that the cache links to first.
func (e *Engine) clients() []string {
	var found []string
	seen := map[string]bool{}
	for _, p := range append([]string{e.link()}, e.Machine.All("docker")...) {
		real, err := filepath.EvalSymlinks(p)
		if err == nil && !seen[real] {
			seen[real] = true
			found = append(found, p)
		}
	}
	return found
}

func (e *Engine) link() string { return filepath.Join(e.Cache, "bin", "docker") }
