package kind

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/runner"
)

// finished is a file in a node's folder /kind, written when its creation has ended.
const finished = "todo-app-finished"

func (c *Cluster) State(ctx context.Context) (cluster.State, error) {
	state, err := c.Runner.Output(ctx, runner.Cmd("docker", "ps", "--all", "--filter", "name=^/?"+c.node()+"$",
		"--filter", "label=io.x-k8s.kind.cluster="+c.Profile, "--format", "{{.State}}"))
	switch {
	case err != nil:
		return "", fmt.Errorf("looking for the %s: %w", c.Name(), err)
	case state == "":
		return cluster.Absent, nil
	case state == "running":
		return c.runningState(ctx)
	case state == "created" && cluster.Exists(c.Begun("kind")):
		return cluster.Incomplete, nil
	default:
		return cluster.Stopped, nil
	}
}

// runningState tells a finished cluster from one whose creation was interrupted. find succeeds either way: a node that
// cannot be asked for once must not be taken for an unfinished one, which is removed with all that it holds.
func (c *Cluster) runningState(ctx context.Context) (cluster.State, error) {
	find := runner.Cmd("docker", "exec", c.node(), "find", "/kind", "-maxdepth", "1", "-name", finished)
	found, err := c.Runner.Output(ctx, find)
	switch {
	case err != nil:
		return "", fmt.Errorf("looking whether the %s is complete: %w", c.Name(), err)
	case found != "":
		return cluster.Running, nil
	case cluster.Exists(c.Begun("kind")):
		return cluster.Incomplete, nil
	default:
		return "", fmt.Errorf("looking whether the %s is complete: this project did not make it, and so leaves it "+
			"alone; choose another name with TODO_PROFILE, or remove it: docker rm --force --volumes %s",
			c.Name(), c.node())
	}
}

// checkPublishedPort makes sure that the node publishes the configured port: a container's ports cannot be changed.
func (c *Cluster) checkPublishedPort(ctx context.Context) error {
	published, err := c.Runner.Output(ctx, runner.Cmd("docker", "port", c.node(), "80/tcp"))
	if err != nil {
		return fmt.Errorf("reading which port the %s publishes: %w", c.Name(), err)
	}
	if want := net.JoinHostPort("127.0.0.1", strconv.Itoa(c.HTTPPort)); !slices.Contains(strings.Fields(published), want) {
		return fmt.Errorf("reaching the %s: it answers at %s, but TODO_HTTP_PORT says %d: set it to that port, or "+
			"remove the cluster first (`mage destroy`)",
			c.Name(), published, c.HTTPPort)
	}
	return nil
}
