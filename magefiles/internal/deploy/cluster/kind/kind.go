// Package kind runs the cluster with kind, whose library is compiled in.
package kind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Cluster is a cluster of one node or more, containers of the Docker Engine, made by kind's own library.
type Cluster struct {
	cluster.Local
	NodeImage func(context.Context) (string, error) // the image that a new node runs, made available
	Env       []string                              // the programs' environment
	Images    func(context.Context) []string        // those of the app that the machine has; nil is none
	Nodes     int                                   // how many there shall be; 0 is one

	library library // nil is kind's own; replaced in tests
}

// library is what is called of kind's library.
type library interface {
	Create(name string, options ...kind.CreateOption) error
	Delete(name, kubeconfig string) error
	KubeConfig(name string, internal bool) (string, error)
}

var _ cluster.Provider = (*Cluster)(nil)

func (c *Cluster) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: c.Runner, Context: "kind-" + c.Profile, Namespace: c.Namespace}
}

// Addresses implements Provider: the node publishes the ingress, and cannot do without the port.
func (c *Cluster) Addresses(context.Context, address.Forward) ([]address.Candidate, error) {
	return []address.Candidate{address.Published(c.HTTPPort, c.node())}, nil
}

func (c *Cluster) Name() string { return fmt.Sprintf("kind cluster %q", c.Profile) }

// Programs implements Provider: kind is a library.
func (c *Cluster) Programs() []string { return nil }

func (c *Cluster) node() string { return c.Profile + "-control-plane" }

func (c *Cluster) Prepare(ctx context.Context) (string, error) {
	state, err := c.State(ctx)
	if err != nil {
		return "", err
	}
	if state == cluster.Running || state == cluster.Stopped {
		return "not needed", nil
	}
	if err := c.checkNew(ctx); err != nil { // known before the long part, not after it
		return "", err
	}
	if state == cluster.Absent { // an incomplete node may hold the port itself
		if err := cluster.CheckPort(c.HTTPPort); err != nil {
			return "", fmt.Errorf("creating the %s: %w", c.Name(), err)
		}
	}
	return c.NodeImage(ctx)
}

func (c *Cluster) Ensure(ctx context.Context) (string, error) {
	done := "unchanged"
	state, err := c.State(ctx)
	if err == nil && state == cluster.Stopped {
		report.Progress(ctx, "starting the stopped node %s", c.node())
		if err := c.start(ctx); err != nil {
			return "", fmt.Errorf("starting the stopped %s: %w", c.Name(), err)
		}
		done = "started again"
		state, err = c.State(ctx)
	}
	switch {
	case err != nil:
		return "", err
	case state == cluster.Running:
		return done + " (" + c.Name() + ")", c.ensureAPI(ctx)
	case state == cluster.Stopped:
		return "", fmt.Errorf("starting the stopped %s: its node ends at once; `docker logs %s` says why. "+
			"All todos are in its volume, and stay there until `mage destroy`", c.Name(), c.node())
	case state == cluster.Incomplete:
		report.Progress(ctx, "removing what an interrupted creation left")
		if err := c.Delete(ctx); err != nil {
			return "", err
		}
	}
	if err := c.Create(ctx); err != nil {
		return "", err
	}
	return "created " + c.Name(), c.ensureAPI(ctx)
}

func (c *Cluster) Check(ctx context.Context) (string, error) {
	state, err := c.State(ctx)
	switch {
	case err != nil:
		return "", err
	case state == cluster.Running:
		api, err := c.checkPorts(ctx)
		if err == nil {
			_, err = c.checkContext(api)
		}
		return c.Name() + " runs", err
	case state == cluster.Absent:
		return "deploy will create the " + c.Name(), errors.Join(c.checkNew(ctx), cluster.CheckPort(c.HTTPPort))
	default:
		return fmt.Sprintf("the %s is %s: deploy will mend that", c.Name(), state), nil
	}
}

// start starts the node. A network that was removed while it was stopped (`docker network prune`) is made anew first:
// it is the one that kind makes for all of its clusters.
func (c *Cluster) start(ctx context.Context) error {
	err := c.Runner.Run(ctx, runner.Cmd("docker", "start", c.node()))
	if err == nil || !strings.Contains(runner.Output(err), "network") ||
		!strings.Contains(runner.Output(err), "not found") {
		return err
	}
	report.Info(ctx, "the network of the node %s was removed: making it anew", c.node())
	if _, found, labelErr := owned.LabelOf(ctx, c.Runner, owned.Network, "kind", ""); labelErr != nil || !found {
		if labelErr != nil {
			return labelErr
		}
		if err := c.Runner.Run(ctx, runner.Cmd("docker", "network", "create", "kind")); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"disconnect", "--force", "kind", c.node()}, {"connect", "kind", c.node()}} {
		if err := c.Runner.Run(ctx, runner.Cmd("docker", append([]string{"network"}, args...)...)); err != nil {
			return err
		}
	}
	return c.Runner.Run(ctx, runner.Cmd("docker", "start", c.node()))
}

// ensureAPI makes sure that the cluster is the configured one, and that its API server answers through the kubeconfig,
// which is written where it does not lead there: the file may be another one since. Entries of this name that lead
// elsewhere are somebody's.
func (c *Cluster) ensureAPI(ctx context.Context) error {
	api, err := c.checkPorts(ctx)
	if err != nil {
		return err
	}
	complete, err := c.checkContext(api)
	if err != nil {
		return err
	}
	if err := c.remember(ctx, api); err != nil {
		return err
	}
	if complete && c.Kubectl().CheckReady(ctx) == nil {
		return c.ensureNodes(ctx)
	}
	entries, err := c.kind(ctx).KubeConfig(c.Profile, false)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig of the %s: %w", c.Name(), err)
	}
	if err := owned.WriteEntries(c.Kubeconfigs, entries); err != nil {
		return err
	}
	if err := cluster.WaitForAPI(ctx, c, c.node()); err != nil {
		return err
	}
	return c.ensureNodes(ctx)
}

// Load implements Provider: every node gets the images, as any may run any pod.
func (c *Cluster) Load(ctx context.Context, images ...string) ([]string, error) {
	known, err := c.made()
	var loaded []string
	for _, node := range known.all(c.node()) {
		if err != nil {
			break
		}
		var here []string
		here, err = cluster.Node{Runner: c.Runner, Container: node, Cluster: c.Name()}.Load(ctx, images...)
		loaded = append(loaded, here...)
	}
	slices.Sort(loaded)
	return slices.Compact(loaded), err
}

// Delete implements Provider. Entries of the kubeconfig that lead elsewhere stay.
func (c *Cluster) Delete(ctx context.Context) error {
	state, err := c.State(ctx)
	if err != nil {
		return fmt.Errorf("removing the %s: %w", c.Name(), err)
	}
	known, err := c.made()
	api := known.API
	if err == nil && state != cluster.Absent {
		api, err = c.nodeAPI(ctx)
	}
	if err != nil {
		return err
	}
	kubeconfig := ""
	if _, err := c.checkContext(api); owned.IsForeign(err) {
		report.Info(ctx, "%v", err)
		kubeconfig = c.marker().Path + ".kubeconfig" // there is none: kind's library takes entries out of that one
	} else if err != nil {
		return err
	}
	err = untilDone(ctx, func() error { return c.kind(ctx).Delete(c.Profile, kubeconfig) })
	if err == nil && state == cluster.Absent && known.Volume != "" {
		err = c.Runner.Run(ctx, runner.Cmd("docker", "volume", "rm", "--force", known.Volume))
	}
	switch {
	case err == nil:
		return c.marker().Remove()
	case ctx.Err() == nil:
		return fmt.Errorf("removing the %s: %w", c.Name(), err)
	}
	return err
}

func (c *Cluster) kind(ctx context.Context) library {
	if c.library != nil {
		return c.library
	}
	// The library runs docker in this process's environment, and takes no other
	// (https://github.com/kubernetes-sigs/kind/blob/v0.33.0/pkg/exec/default.go#L26).
	for _, name := range []string{"DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"} {
		if value := runner.Getenv(c.Env, name); value != "" {
			_ = os.Setenv(name, value)
		} else {
			_ = os.Unsetenv(name)
		}
	}
	return kind.NewProvider(kind.ProviderWithDocker(), kind.ProviderWithLogger(progressLogger{ctx}))
}
