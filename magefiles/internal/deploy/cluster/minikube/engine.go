package minikube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Engine is a Runner whose docker commands go to the Docker Engine in the profile's node. Where the node has another
// container runtime, they go to the machine's own. The variables that lead there are asked for once per run, never kept
// from an earlier one, and are in the environment of those commands only.
type Engine struct {
	Profile Profile
	Refresh func(context.Context) error // starts the cluster anew, for an engine that does not answer

	mu     sync.Mutex
	known  bool
	inside bool
	env    []string
}

var _ runner.Runner = (*Engine)(nil)

// Run implements runner.Runner.
func (e *Engine) Run(ctx context.Context, c runner.Command) error {
	c, err := e.Command(ctx, c)
	if err != nil {
		return err
	}
	return e.Profile.Runner.Run(ctx, c)
}

// Output implements runner.Runner.
func (e *Engine) Output(ctx context.Context, c runner.Command) (string, error) {
	c, err := e.Command(ctx, c)
	if err != nil {
		return "", err
	}
	return e.Profile.Runner.Output(ctx, c)
}

// Command returns c as it is run: a docker command with the variables that lead to the node's engine.
func (e *Engine) Command(ctx context.Context, c runner.Command) (runner.Command, error) {
	if c.Name != "docker" {
		return c, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.connect(ctx); err != nil {
		return c, err
	}
	return c.WithEnv(e.env...), nil
}

// Inside tells whether the node has a Docker Engine, to which the commands go.
func (e *Engine) Inside(ctx context.Context) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.connect(ctx)
	return e.inside, err
}

// Forget makes the next command ask for the way again, which a start of the cluster may have changed.
func (e *Engine) Forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known = false
}

// connect finds the way to the engine and makes sure that it answers. e.mu is held.
func (e *Engine) connect(ctx context.Context) error {
	if e.known {
		return nil
	}
	config, found, err := e.Profile.Config(ctx)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("looking for the Docker Engine of the minikube profile %q: there is no such profile; `mage cluster` makes it", e.Profile.Name)
	case config.Runtime != "docker":
		e.known, e.inside, e.env = true, false, nil
		return nil
	}
	env, err := e.ask(ctx)
	if err != nil && ctx.Err() == nil && e.Refresh != nil {
		report.Info(ctx, "the Docker Engine of the minikube profile %q does not answer: starting the cluster again", e.Profile.Name)
		if err := e.Refresh(ctx); err != nil {
			return err
		}
		env, err = e.ask(ctx)
	}
	if err != nil {
		return fmt.Errorf("reaching the Docker Engine of the minikube profile %q: %w\n`mage destroy` and deploy again if this stays", e.Profile.Name, err)
	}
	e.known, e.inside, e.env = true, true, env
	return nil
}

// answerTime is how long the node's engine may take to answer.
const answerTime = 20 * time.Second

// ask asks minikube for the way to the engine, and the engine for an answer: what minikube says may be out of date.
func (e *Engine) ask(ctx context.Context) ([]string, error) {
	out, err := e.Profile.Runner.Output(ctx, e.Profile.Command("docker-env", "--shell", "none", "--no-proxy"))
	if err != nil {
		return nil, err
	}
	env, err := parseEnv(out)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerTime, fmt.Errorf("it does not answer within %s", answerTime))
	defer cancel()
	_, err = e.Profile.Runner.Output(ctx, runner.Cmd("docker", "version", "--format", "{{.Server.Version}}").WithEnv(env...))
	return env, err
}

// parseEnv takes from what docker-env prints the variables that docker reads. A proxy must not come between docker and
// the node.
func parseEnv(printed string) ([]string, error) {
	var env []string
	for line := range strings.Lines(printed) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if value != "" && slices.Contains([]string{"DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "NO_PROXY", "no_proxy"}, name) {
			env = append(env, name+"="+value)
		}
	}
	if !slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, "DOCKER_HOST=") }) {
		return nil, fmt.Errorf("reading what minikube docker-env printed: there is no DOCKER_HOST in %q", printed)
	}
	return append(env, "BUILDX_BUILDER=default"), nil // whichever builder the user has chosen for the machine's own engine
}
