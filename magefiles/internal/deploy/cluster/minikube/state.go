package minikube

import (
	"context"
	"fmt"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

func (c *Cluster) State(ctx context.Context) (cluster.State, error) {
	state, _, err := c.inspect(ctx)
	return state, err
}

// findProfile reports whether there is a profile of this name. One that this project cannot use is an error: it is
// somebody's, and so is left alone.
func (c *Cluster) findProfile(ctx context.Context) (found bool, err error) {
	config, found, err := c.profile().Config(ctx)
	var why string
	switch {
	case err != nil || !found:
		return false, err
	case config.Driver != "docker":
		why = fmt.Sprintf("its driver is %s, and this project's nodes are containers of the Docker Engine",
			config.Driver)
	case config.Nodes > 1:
		why = fmt.Sprintf("it has %d nodes, and only one can be built in", config.Nodes)
	default:
		return true, nil
	}
	return false, fmt.Errorf("using the %s: %s; choose another name with TODO_PROFILE, or remove it with all that is "+
		"in it: `minikube delete --profile %s`",
		c.Name(), why, c.Profile)
}

// inspect asks how the cluster is, the cheapest question first.
func (c *Cluster) inspect(ctx context.Context) (cluster.State, Status, error) {
	found, err := c.findProfile(ctx)
	switch {
	case err != nil:
		return "", Status{}, err
	case cluster.Exists(c.Begun("minikube")):
		return cluster.Incomplete, Status{}, nil
	case !found:
		return cluster.Absent, Status{}, nil
	}
	status, err := c.profile().Status(ctx)
	switch {
	case err != nil:
		return "", Status{}, err
	case status.Running():
		return cluster.Running, status, nil
	default: // a node that is gone, too: minikube makes it anew around the volume that holds its data
		return cluster.Stopped, status, nil
	}
}

// configured is minikube's word for a kube context that leads to its cluster.
const configured = "Configured"

// ensureAPI makes sure that the API server answers through the kube context of the profile's name, and that the context
// leads to this cluster: one of that name may be another cluster's, or the node's address another one since.
func (c *Cluster) ensureAPI(ctx context.Context, status Status) error {
	if status.Kubeconfig == configured && c.Kubectl().CheckReady(ctx) == nil {
		return nil
	}
	if err := c.updateContext(ctx); err != nil {
		return err
	}
	return cluster.WaitForAPI(ctx, c)
}

// updateContext repairs the profile's kube context. minikube makes it the current one: the user's choice is put back.
func (c *Cluster) updateContext(ctx context.Context) error {
	report.Progress(ctx, "repairing the kube context")
	kubectl := func(args ...string) runner.Command {
		return runner.Cmd("kubectl", append([]string{"config"}, args...)...)
	}
	before, unset := c.Runner.Output(ctx, kubectl("current-context"))
	if err := c.Runner.Run(ctx, c.profile().Command("update-context")); err != nil {
		return fmt.Errorf("repairing the kube context of the %s: %w", c.Name(), err)
	}
	back := kubectl("use-context", before)
	switch {
	case before == c.Profile:
		return nil
	case unset != nil || before == "":
		back = kubectl("unset", "current-context")
	}
	if err := c.Runner.Run(ctx, back); err != nil {
		return fmt.Errorf("choosing the kube context again that was the current one: %w", err)
	}
	return nil
}
