package cluster

import (
	"context"
	"fmt"
	"os"
	"time"

	kindv1 "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Kind is a cluster of one node, a container of the Docker Engine, made by kind's own library.
type Kind struct {
	Runner    runner.Runner
	Profile   string // the cluster's name
	Namespace string
	HTTPPort  int                                   // of 127.0.0.1, published to the node's port 80
	NodeImage func(context.Context) (string, error) // the image that a new node runs, made available
	Cache     string                                // folder that remembers a creation that has begun

	library library // nil is kind's own; replaced in tests
}

// library is what is called of kind's library.
type library interface {
	Create(name string, options ...kind.CreateOption) error
	Delete(name, kubeconfig string) error
	ExportKubeConfig(name, kubeconfig string, internal bool) error
}

var _ Provider = Kind{}

// Kubectl implements Provider.
func (k Kind) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: k.Runner, Context: "kind-" + k.Profile, Namespace: k.Namespace}
}

// Addresses implements Provider: the node publishes the ingress, and cannot do without the port.
func (k Kind) Addresses(context.Context) ([]address.Candidate, error) {
	return []address.Candidate{address.Published(k.HTTPPort)}, nil
}

// Name implements Provider.
func (k Kind) Name() string { return fmt.Sprintf("kind cluster %q", k.Profile) }

func (k Kind) node() string { return k.Profile + "-control-plane" }

// Prepare implements Provider.
func (k Kind) Prepare(ctx context.Context) (string, error) {
	state, err := k.State(ctx)
	if err != nil {
		return "", err
	}
	if state == Running || state == Stopped {
		return "not needed", nil
	}
	if state == Absent { // an incomplete node may hold the port itself
		if err := portFree(k.HTTPPort); err != nil { // known before the long part, not after it
			return "", fmt.Errorf("creating the %s: %w", k.Name(), err)
		}
	}
	return k.NodeImage(ctx)
}

// Ensure implements Provider.
func (k Kind) Ensure(ctx context.Context) (string, error) {
	state, err := k.State(ctx)
	if err != nil {
		return "", err
	}
	switch state {
	case Running:
		return "unchanged (" + k.Name() + ")", k.reach(ctx)
	case Stopped:
		report.Progress(ctx, "starting the stopped node %s", k.node())
		if err := k.Runner.Run(ctx, runner.Cmd("docker", "start", k.node())); err != nil {
			return "", fmt.Errorf("starting the stopped %s: %w", k.Name(), err)
		}
		switch state, err = k.State(ctx); {
		case err != nil:
			return "", err
		case state == Running:
			return "started again (" + k.Name() + ")", k.reach(ctx)
		case state == Stopped:
			return "", fmt.Errorf("starting the stopped %s: its node ends at once; `docker logs %s` says why, and `mage destroy` removes it with its data",
				k.Name(), k.node())
		}
	}
	if state == Incomplete {
		report.Progress(ctx, "removing what an interrupted creation left")
		if err := k.Delete(ctx); err != nil {
			return "", err
		}
	}
	return "created " + k.Name(), k.Create(ctx)
}

// Check implements Provider.
func (k Kind) Check(ctx context.Context) (string, error) {
	state, err := k.State(ctx)
	switch {
	case err != nil:
		return "", err
	case state == Running:
		return k.Name() + " runs", k.samePort(ctx)
	case state == Absent:
		return "deploy will create the " + k.Name(), portFree(k.HTTPPort)
	default:
		return fmt.Sprintf("the %s is %s: deploy will mend that", k.Name(), state), nil
	}
}

// reach makes sure that the cluster is the configured one, and that its API server answers through the kubeconfig, which
// is written again when it does not: the file may be another one, or edited, since.
func (k Kind) reach(ctx context.Context) error {
	if err := k.samePort(ctx); err != nil {
		return err
	}
	if k.Kubectl().Ready(ctx) == nil {
		return nil
	}
	if err := k.kind(ctx).ExportKubeConfig(k.Profile, "", false); err != nil {
		return fmt.Errorf("writing the kubeconfig of the %s: %w", k.Name(), err)
	}
	report.Progress(ctx, "waiting for the API server")
	if err := k.Kubectl().WaitReady(ctx, 2*time.Minute); err != nil {
		return fmt.Errorf("reaching the %s: its node runs but the API server does not answer; `mage destroy` and deploy again if this stays: %w", k.Name(), err)
	}
	return nil
}

// Create creates the cluster. A failure or an interruption removes its node again.
func (k Kind) Create(ctx context.Context) error {
	if err := portFree(k.HTTPPort); err != nil {
		return fmt.Errorf("creating the %s: %w", k.Name(), err)
	}
	image, err := k.NodeImage(ctx)
	if err != nil {
		return err
	}
	report.Progress(ctx, "creating the node from %s", image)
	if err := os.WriteFile(k.begun(), nil, 0o644); err != nil {
		return fmt.Errorf("noting that the %s is being created: %w", k.Name(), err)
	}
	done := make(chan error, 1)
	go func() {
		done <- k.kind(ctx).Create(k.Profile, kind.CreateWithV1Alpha4Config(k.config()), kind.CreateWithNodeImage(image),
			kind.CreateWithWaitForReady(3*time.Minute), kind.CreateWithDisplayUsage(false), kind.CreateWithDisplaySalutation(false))
	}()
	select {
	case err = <-done:
	case <-ctx.Done(): // kind's library knows no context: with its container gone, its next command fails
		_ = k.Delete(context.WithoutCancel(ctx))
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("creating the %s: %w", k.Name(), err)
	}
	if err := k.Runner.Run(ctx, runner.Cmd("docker", "exec", k.node(), "touch", "/kind/"+finished)); err != nil {
		return fmt.Errorf("marking the %s as created: %w", k.Name(), err)
	}
	return os.Remove(k.begun())
}

// noElections: a busy machine makes these lose an election that nobody else stands for. They end for it, and until they are
// back, a Service leads to pods that are gone. minikube's have none either.
const noElections = `apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
controllerManager: {extraArgs: {leader-elect: "false"}}
scheduler: {extraArgs: {leader-elect: "false"}}
`

// config is the cluster: one node that publishes the ingress on the loopback address only.
func (k Kind) config() *kindv1.Cluster {
	return &kindv1.Cluster{
		TypeMeta:             kindv1.TypeMeta{Kind: "Cluster", APIVersion: "kind.x-k8s.io/v1alpha4"},
		KubeadmConfigPatches: []string{noElections},
		Nodes: []kindv1.Node{{
			Role: kindv1.ControlPlaneRole,
			ExtraPortMappings: []kindv1.PortMapping{
				{ContainerPort: 80, HostPort: int32(k.HTTPPort), ListenAddress: "127.0.0.1", Protocol: kindv1.PortMappingProtocolTCP},
			},
		}},
	}
}

// Delete implements Provider.
func (k Kind) Delete(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- k.kind(ctx).Delete(k.Profile, "") }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("removing the %s: %w", k.Name(), err)
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (k Kind) kind(ctx context.Context) library {
	if k.library != nil {
		return k.library
	}
	return kind.NewProvider(kind.ProviderWithDocker(), kind.ProviderWithLogger(progressLogger{ctx}))
}
