package cluster

import (
	"context"
	"fmt"
	"net"
	"strings"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Current is a cluster that is not this project's: the one that a kube context leads to. It pulls the app's images from a
// registry.
type Current struct {
	Runner    runner.Runner
	Context   string
	Namespace string
	Registry  string // where images are pushed: registry.example.com/team
}

var _ Provider = Current{}

// Kubectl implements Provider.
func (c Current) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: c.Runner, Context: c.Context, Namespace: c.Namespace}
}

// Name implements Provider.
func (c Current) Name() string { return fmt.Sprintf("kube context %q", c.Context) }

// Prepare implements Provider.
func (c Current) Prepare(context.Context) (string, error) { return "not needed", nil }

// Ensure implements Provider.
func (c Current) Ensure(ctx context.Context) (string, error) { return c.Check(ctx) }

// Check implements Provider.
func (c Current) Check(ctx context.Context) (string, error) {
	_, err := c.State(ctx)
	return c.Name() + " answers", err
}

// State implements Provider. What keeps a cluster from answering is for its owner to find out.
func (c Current) State(ctx context.Context) (State, error) {
	if err := c.Kubectl().Ready(ctx); err != nil {
		return "", fmt.Errorf("reaching the cluster of the %s: start it, or choose another with `kubectl config use-context`: %w", c.Name(), err)
	}
	return Running, nil
}

// Load implements Provider: the app's images are pushed where the registry lacks them, all others are the cluster's to pull.
func (c Current) Load(ctx context.Context, images ...string) ([]string, error) {
	var pushed []string
	for _, image := range images {
		if !strings.HasPrefix(image, c.Registry+"/") || c.Runner.Run(ctx, runner.Cmd("docker", "manifest", "inspect", image)) == nil {
			continue
		}
		report.Progress(ctx, "pushing %s", image)
		if err := c.Runner.Run(ctx, runner.Cmd("docker", "push", "--quiet", image)); err != nil {
			host, _, _ := strings.Cut(c.Registry, "/")
			return pushed, fmt.Errorf("pushing %s: may you write to TODO_REGISTRY=%s (`docker login %s`)? %w", image, c.Registry, host, err)
		}
		pushed = append(pushed, image)
	}
	return pushed, nil
}

// Addresses implements Provider: those of the cluster's nodes, where a controller may listen.
func (c Current) Addresses(ctx context.Context) ([]address.Candidate, error) {
	out, err := c.Kubectl().Output(ctx, "get", "nodes", "-o", `jsonpath={range .items[*].status.addresses[?(@.type!="Hostname")]}{.address}{"\n"}{end}`)
	if err != nil {
		return nil, fmt.Errorf("looking for the addresses of the %s: %w", c.Name(), err)
	}
	var found []address.Candidate
	for _, ip := range strings.Fields(out) {
		if net.ParseIP(ip) != nil && len(found) < mostNodes {
			found = append(found, address.NodeIP(ip))
		}
	}
	return found, nil
}

// mostNodes is how many addresses of a cluster are asked: a controller listens on every node, or is not reached this way.
const mostNodes = 4

// Delete implements Provider: it is not done.
func (c Current) Delete(context.Context) error { return c.Owned() }

// Owned says that the cluster is not this project's to remove.
func (c Current) Owned() error {
	return fmt.Errorf("removing the cluster of the %s: this project did not make it, and so leaves it alone; `mage down` removes the app from it", c.Name())
}
