package minikube

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// NodeRunner is a Runner whose docker commands go to the Docker Engine in the profile's node. Where the node has
// another container runtime, they go to the machine's own. The variables that lead there are in the environment of those
// commands only. What minikube has said of them is kept, and proven in each run: that asks it in a tenth of the time.
type NodeRunner struct {
	runner.Runner // of the machine
	Profile       Profile
	Refresh       func(context.Context) error // starts the cluster, where no engine answers
	Kept          owned.Marker                // has the way there

	mu        sync.Mutex
	known     bool
	hasDocker bool
	env       []string
}

var _ runner.Runner = (*NodeRunner)(nil)

// Run implements runner.Runner.
func (n *NodeRunner) Run(ctx context.Context, c runner.Command) error {
	c, err := n.Command(ctx, c)
	if err != nil {
		return err
	}
	return n.Runner.Run(ctx, c)
}

// Output implements runner.Runner.
func (n *NodeRunner) Output(ctx context.Context, c runner.Command) (string, error) {
	c, err := n.Command(ctx, c)
	if err != nil {
		return "", err
	}
	return n.Runner.Output(ctx, c)
}

// Command returns c as it is run: a docker command with the variables that lead to the node's engine.
func (n *NodeRunner) Command(ctx context.Context, c runner.Command) (runner.Command, error) {
	if c.Name != "docker" {
		return c, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.connect(ctx); err != nil {
		return c, err
	}
	return c.WithEnv(n.env...), nil
}

// HasDocker reports whether the node has a Docker Engine, to which the commands go.
func (n *NodeRunner) HasDocker(ctx context.Context) (bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	err := n.connect(ctx)
	return n.hasDocker, err
}

// Reset makes the next command ask for the way again, which a start of the cluster may have changed.
func (n *NodeRunner) Reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known = false
	_ = n.Kept.Remove() // a way that leads elsewhere is noticed
}

// connect finds the way to the engine and makes sure that it answers. n.mu is held.
func (n *NodeRunner) connect(ctx context.Context) error {
	if n.known {
		return nil
	}
	config, found, err := n.Profile.Config()
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("looking for the Docker Engine of the minikube profile %q: there is no such profile; "+
			"`mage cluster` makes it", n.Profile.Name)
	case config.Runtime != "docker":
		n.known, n.hasDocker, n.env = true, false, nil
		return nil
	}
	env, err := n.dockerEnv(ctx)
	if err != nil && ctx.Err() == nil && n.Refresh != nil {
		report.Info(ctx, "the Docker Engine of the minikube profile %q does not answer: starting the cluster again",
			n.Profile.Name)
		if err := n.Refresh(ctx); err != nil {
			return err
		}
		env, err = n.dockerEnv(ctx)
	}
	if err != nil {
		return fmt.Errorf("reaching the Docker Engine of the minikube profile %q: %w\n"+
			"`docker restart %s` starts the node anew, and all todos stay", n.Profile.Name, err, n.Profile.Name)
	}
	n.known, n.hasDocker, n.env = true, true, env
	return nil
}

const (
	// answerTime is how long the node's engine may take to answer.
	answerTime = 20 * time.Second
	// keptTime is how long it may take by a way that may be out of date.
	keptTime = 5 * time.Second
)

// dockerEnv finds the way to the engine: the one that is kept, if it still leads there, else minikube's answer.
func (n *NodeRunner) dockerEnv(ctx context.Context) (env []string, err error) {
	if found, err := n.Kept.Read(&env); err == nil && found && n.prove(ctx, env, keptTime) == nil {
		return env, nil
	}
	out, err := n.Runner.Output(ctx, n.Profile.Command("docker-env", "--shell", "none", "--no-proxy"))
	if err != nil {
		return nil, err
	}
	if env, err = parseEnv(out); err != nil {
		return nil, err
	}
	if err = n.prove(ctx, env, answerTime); err == nil {
		err = n.Kept.Write(env)
	}
	return env, err
}

// prove returns an error unless the engine of the profile's node answers: it has the node's name. Its address may be
// another profile's by now, which bears a certificate of the same minikube.
func (n *NodeRunner) prove(ctx context.Context, env []string, limit time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it does not answer within %s", limit))
	defer cancel()
	name, err := n.Runner.Output(ctx, runner.Cmd("docker", "info", "--format", "{{.Name}}").WithEnv(env...))
	if err == nil && name != n.Profile.Name {
		err = fmt.Errorf("the engine of %q answers there", name)
	}
	return err
}

// parseEnv takes from what docker-env prints the variables that docker reads. No proxy may come between the two.
func parseEnv(printed string) ([]string, error) {
	var env []string
	for line := range strings.Lines(printed) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if value != "" &&
			slices.Contains([]string{"DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "NO_PROXY", "no_proxy"}, name) {
			env = append(env, name+"="+value)
		}
	}
	if !slices.ContainsFunc(env, func(kv string) bool { return strings.HasPrefix(kv, "DOCKER_HOST=") }) {
		return nil, fmt.Errorf("reading what minikube docker-env printed: there is no DOCKER_HOST in %q", printed)
	}
	return append(env, "BUILDX_BUILDER=default"), nil // whichever builder the user has chosen for the machine's own engine
}
