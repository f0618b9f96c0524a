// Package kind runs the cluster with kind, whose library is compiled in.
package kind

import (
	"context"
	"fmt"
	"os"
	"time"

	kindv1 "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Cluster is a cluster of one node, a container of the Docker Engine, made by kind's own library.
type Cluster struct {
	cluster.Local
	NodeImage func(context.Context) (string, error) // the image that a new node runs, made available
	Env       []string                              // the programs' environment

	library library // nil is kind's own; replaced in tests
}

// library is what is called of kind's library.
type library interface {
	Create(name string, options ...kind.CreateOption) error
	Delete(name, kubeconfig string) error
	ExportKubeConfig(name, kubeconfig string, internal bool) error
}

var _ cluster.Provider = (*Cluster)(nil)

func (c *Cluster) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: c.Runner, Context: "kind-" + c.Profile, Namespace: c.Namespace}
}

// Addresses implements Provider: the node publishes the ingress, and cannot do without the port.
func (c *Cluster) Addresses(context.Context, address.Forward) ([]address.Candidate, error) {
	return []address.Candidate{address.Published(c.HTTPPort)}, nil
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
	if state == cluster.Absent { // an incomplete node may hold the port itself
		if err := cluster.CheckPort(c.HTTPPort); err != nil { // known before the long part, not after it
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
		if err := c.Runner.Run(ctx, runner.Cmd("docker", "start", c.node())); err != nil {
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
		return "", fmt.Errorf("starting the stopped %s: its node ends at once; `docker logs %s` says why, "+
			"and `mage destroy` removes it with its data", c.Name(), c.node())
	case state == cluster.Incomplete:
		report.Progress(ctx, "removing what an interrupted creation left")
		if err := c.Delete(ctx); err != nil {
			return "", err
		}
	}
	return "created " + c.Name(), c.Create(ctx)
}

func (c *Cluster) Check(ctx context.Context) (string, error) {
	state, err := c.State(ctx)
	switch {
	case err != nil:
		return "", err
	case state == cluster.Running:
		return c.Name() + " runs", c.checkPublishedPort(ctx)
	case state == cluster.Absent:
		return "deploy will create the " + c.Name(), cluster.CheckPort(c.HTTPPort)
	default:
		return fmt.Sprintf("the %s is %s: deploy will mend that", c.Name(), state), nil
	}
}

// ensureAPI makes sure that the cluster is the configured one, and that its API server answers through the kubeconfig,
// which is written again when it does not: the file may be another one, or edited, since.
func (c *Cluster) ensureAPI(ctx context.Context) error {
	if err := c.checkPublishedPort(ctx); err != nil {
		return err
	}
	if c.Kubectl().CheckReady(ctx) == nil {
		return nil
	}
	if err := c.kind(ctx).ExportKubeConfig(c.Profile, "", false); err != nil {
		return fmt.Errorf("writing the kubeconfig of the %s: %w", c.Name(), err)
	}
	return cluster.WaitForAPI(ctx, c)
}

// Create creates the cluster. A failure or an interruption removes its node again.
func (c *Cluster) Create(ctx context.Context) error {
	if err := cluster.CheckPort(c.HTTPPort); err != nil {
		return fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	image, err := c.NodeImage(ctx)
	if err != nil {
		return err
	}
	api, err := ports.Hold() // kind's library finds one that is free, and lets go of it before it uses it
	if err != nil {
		return fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	report.Progress(ctx, "creating the node from %s", image)
	if err := os.WriteFile(c.Begun("kind"), nil, 0o644); err != nil {
		return fmt.Errorf("noting that the %s is being created: %w", c.Name(), err)
	}
	err = untilDone(ctx, func() error {
		return c.kind(ctx).Create(c.Profile, kind.CreateWithV1Alpha4Config(c.config(api)), kind.CreateWithNodeImage(image),
			kind.CreateWithWaitForReady(3*time.Minute), kind.CreateWithDisplayUsage(false), kind.CreateWithDisplaySalutation(false))
	})
	if ctx.Err() != nil { // with its container gone, the next command of kind's library fails
		_ = c.Delete(context.WithoutCancel(ctx))
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	if err := c.Runner.Run(ctx, runner.Cmd("docker", "exec", c.node(), "touch", "/kind/"+finished)); err != nil {
		return fmt.Errorf("marking the %s as created: %w", c.Name(), err)
	}
	return os.Remove(c.Begun("kind"))
}

// noElections: a busy machine makes these lose an election that nobody else stands for. They end for it, and until they
// are back, a Service leads to pods that are gone. minikube's have none either.
const noElections = `apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
controllerManager: {extraArgs: {leader-elect: "false"}}
scheduler: {extraArgs: {leader-elect: "false"}}
`

// config is the cluster: one node that publishes the ingress, and its API at the port api, on the loopback address only.
func (c *Cluster) config(api int) *kindv1.Cluster {
	return &kindv1.Cluster{
		TypeMeta:             kindv1.TypeMeta{Kind: "Cluster", APIVersion: "kind.x-k8s.io/v1alpha4"},
		Networking:           kindv1.Networking{APIServerPort: int32(api)},
		KubeadmConfigPatches: []string{noElections},
		Nodes: []kindv1.Node{{
			Role: kindv1.ControlPlaneRole,
			ExtraPortMappings: []kindv1.PortMapping{
				{ContainerPort: 80, HostPort: int32(c.HTTPPort), ListenAddress: "127.0.0.1", Protocol: kindv1.PortMappingProtocolTCP},
			},
		}},
	}
}

func (c *Cluster) Load(ctx context.Context, images ...string) ([]string, error) {
	return cluster.Node{Runner: c.Runner, Container: c.node(), Cluster: c.Name()}.Load(ctx, images...)
}

func (c *Cluster) Delete(ctx context.Context) error {
	err := untilDone(ctx, func() error { return c.kind(ctx).Delete(c.Profile, "") })
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("removing the %s: %w", c.Name(), err)
	}
	return err
}

// untilDone returns when a call of kind's library does, which knows no context, or when ctx ends.
func untilDone(ctx context.Context, call func() error) error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
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
