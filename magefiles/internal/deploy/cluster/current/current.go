// Package current deploys to a cluster that was there before: the one that a kube context leads to.
package current

import (
	"context"
	"fmt"
	"net"
	"strings"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Cluster is the cluster that a kube context leads to. It pulls the app's images from a registry.
type Cluster struct {
	Runner    runner.Runner
	Context   string
	Namespace string
	Images    string // registry to which images are pushed: registry.example.com/team
}

var _ cluster.Provider = (*Cluster)(nil)

func (c *Cluster) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: c.Runner, Context: c.Context, Namespace: c.Namespace}
}

func (c *Cluster) Name() string { return fmt.Sprintf("kube context %q", c.Context) }

func (c *Cluster) Prepare(context.Context) (string, error) { return "not needed", nil }

func (c *Cluster) Ensure(ctx context.Context) (string, error) { return c.Check(ctx) }

func (c *Cluster) Check(ctx context.Context) (string, error) {
	_, err := c.State(ctx)
	return c.Name() + " answers", err
}

// State implements Provider. What keeps a cluster from answering is for its owner to find out.
func (c *Cluster) State(ctx context.Context) (cluster.State, error) {
	if err := c.Kubectl().CheckReady(ctx); err != nil {
		return "", fmt.Errorf("reaching the cluster of the %s: start it, or choose another with "+
			"`kubectl config use-context`: %w", c.Name(), err)
	}
	return cluster.Running, nil
}

// Load implements Provider: it pushes those of the app's images that the registry lacks. The cluster pulls all others.
func (c *Cluster) Load(ctx context.Context, images ...string) ([]string, error) {
	var pushed []string
	for _, image := range images {
		if !strings.HasPrefix(image, c.Images+"/") || c.Runner.Run(ctx, runner.Cmd("docker", "manifest", "inspect", image)) == nil {
			continue
		}
		report.Progress(ctx, "pushing %s", image)
		if err := c.Runner.Run(ctx, runner.Cmd("docker", "push", "--quiet", image)); err != nil {
			host, _, _ := strings.Cut(c.Images, "/")
			return pushed, fmt.Errorf("pushing %s: may you write to TODO_REGISTRY=%s (`docker login %s`)? %w", image,
				c.Images, host, err)
		}
		pushed = append(pushed, image)
	}
	return pushed, nil
}

// Addresses implements Provider: those of the cluster's nodes, where a controller may listen.
func (c *Cluster) Addresses(ctx context.Context, forward address.Forward) ([]address.Candidate, error) {
	out, err := c.Kubectl().Output(ctx, "get", "nodes", "-o",
		`jsonpath={range .items[*].status.addresses[?(@.type!="Hostname")]}{.address}{"\n"}{end}`)
	if err != nil {
		return nil, fmt.Errorf("looking for the addresses of the %s: %w", c.Name(), err)
	}
	var found []address.Candidate
	for _, ip := range strings.Fields(out) {
		if net.ParseIP(ip) != nil && len(found) < mostNodes {
			found = append(found, address.NodeIP(ip))
		}
	}
	last, err := forward(ctx)
	return append(found, last), err
}

// mostNodes is how many nodes are asked: a controller listens on every one, or is not reached this way.
const mostNodes = 4

func (c *Cluster) Programs() []string { return nil }

func (c *Cluster) Registry() string { return c.Images }

// Answers implements Provider: it is asked without the machine's engine.
func (c *Cluster) Answers(context.Context) bool { return true }

func (c *Cluster) CheckMachine(ctx context.Context) (string, error) {
	has, known := cluster.Machine(ctx, c.Runner)
	if !known {
		return "looked at once the engine runs", nil
	}
	return has.String() + "; the cluster has its own", nil
}

// Delete implements Provider: it is not done.
func (c *Cluster) Delete(context.Context) error { return c.CheckOwned() }

func (c *Cluster) CheckOwned() error {
	return fmt.Errorf("removing the cluster of the %s: this project did not make it, and so leaves it alone; "+
		"`mage down` removes the app from it", c.Name())
}
