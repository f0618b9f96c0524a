package minikube

import (
	"context"
	"fmt"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
)

func (c *Cluster) State(ctx context.Context) (cluster.State, error) {
	is, err := c.inspect(ctx)
	return is.state, err
}

// found is what there is of a cluster.
type found struct {
	state   cluster.State
	status  Status
	config  Config
	answers bool // the API server answers through the kube context of the profile's name
	lost    bool // the volume with the data is there, and what minikube takes to start its node is not
}

// seen is what was found of a cluster that was ready; nil where none was in this process.
func (c *Cluster) seen() *found {
	c.known.Lock()
	defer c.known.Unlock()
	return c.ready
}

// forget makes the next question one to the cluster: its address, its certificates or all of it may be others now.
func (c *Cluster) forget() {
	c.nodeRunner().Reset()
	c.known.Lock()
	defer c.known.Unlock()
	c.ready = nil
}

// inspect asks how the cluster is, the cheapest question first. What is not proven to be this project's is an error.
func (c *Cluster) inspect(ctx context.Context) (found, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	if is := c.seen(); is != nil {
		return *is, nil
	}
	return c.ask(ctx)
}

func (c *Cluster) ask(ctx context.Context) (found, error) {
	config, profile, err := c.profile().Config()
	if err != nil {
		return found{}, err
	}
	begun, err := c.begun(ctx)
	switch {
	case err != nil:
		return found{}, err
	case begun:
		return found{state: cluster.Incomplete}, nil
	case !profile:
		return c.inspectLeft(ctx)
	}
	if err := c.checkProfile(config); err != nil {
		return found{}, err
	}
	if c.answers(ctx, config.IP) {
		is := found{state: cluster.Running, answers: true, config: config}
		c.known.Lock()
		defer c.known.Unlock()
		c.ready = &is
		return is, nil
	}
	status, err := c.status(ctx)
	switch {
	case err != nil:
		return found{}, err
	case status.Running():
		return found{state: cluster.Running, status: status, config: config}, nil
	}
	if status.Host == "Nonexistent" {
		if created, _, err := c.volume(ctx); err != nil || created == "" {
			return found{state: cluster.Incomplete}, err // all that is left of it is minikube's file
		}
	}
	network, err := owned.Check(ctx, c.Runner, owned.Network, c.Profile, minikubeLabel, c.Profile, "TODO_PROFILE")
	if err != nil {
		return found{}, err
	}
	return found{
		state:  cluster.Stopped,
		status: status,
		config: config,
		lost:   status.Host == "Nonexistent" || !network,
	}, nil
}

// answers reports whether the API server answers through the kube context, and is this cluster's: its node bears the
// profile's name. That is known in a fifth of the time that minikube takes to say how the cluster is.
func (c *Cluster) answers(ctx context.Context, ip string) bool {
	e, err := owned.ReadEntries(c.Kubeconfigs, c.Profile)
	return err == nil && len(e.Kinds) == 3 && e.Leads && c.checkContext(ip) == nil && c.Kubectl().CheckNode(ctx, c.Profile) == nil
}

// status is minikube's answer to how the cluster is, which is only an error where the node's container is gone.
func (c *Cluster) status(ctx context.Context) (Status, error) {
	status, err := c.profile().Status(ctx)
	if err != nil {
		_, node, unknown := owned.LabelOf(ctx, c.Runner, owned.Container, c.Profile, minikubeLabel)
		if unknown == nil && !node {
			return Status{Host: "Nonexistent"}, nil
		}
	}
	return status, err
}

// checkProfile refuses a profile that this project did not make.
func (c *Cluster) checkProfile(config Config) error {
	var why string
	switch {
	case config.Driver != "docker":
		why = fmt.Sprintf("its driver is %s, and this project's nodes are containers of the Docker Engine", config.Driver)
	case config.Nodes > 1:
		why = fmt.Sprintf("it has %d nodes, and this project's have one", config.Nodes)
	case !config.Kept:
		why = "it was made without --keep-context, which this project's are made with"
	default:
		return nil
	}
	return &owned.Foreign{
		Thing:   "the " + c.Name(),
		Why:     why,
		Setting: "TODO_PROFILE",
		Remove:  "minikube delete --profile " + c.Profile,
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
	return cluster.WaitForAPI(ctx, c, c.Profile)
}

// updateContext repairs the profile's kube context. minikube makes it the current one: the user's choice is put back.
func (c *Cluster) updateContext(ctx context.Context) error {
	report.Progress(ctx, "repairing the kube context")
	return kube.KeepCurrent(ctx, c.Runner, c.Profile, func() error {
		if err := c.Runner.Run(ctx, c.profile().Command("update-context")); err != nil {
			return fmt.Errorf("repairing the kube context of the %s: %w", c.Name(), err)
		}
		return nil
	})
}
