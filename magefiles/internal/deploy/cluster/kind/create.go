package kind

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	kindv1 "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Create creates the cluster. A failure or an interruption removes its node again. The user's kubeconfig is written
// afterwards: where that fails, the cluster is complete all the same, and is kept.
func (c *Cluster) Create(ctx context.Context) error {
	if err := c.checkNew(ctx); err != nil {
		return err
	}
	if err := cluster.CheckPort(c.HTTPPort); err != nil {
		return fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	image, err := c.NodeImage(ctx)
	if err != nil {
		return err
	}
	if err := c.kind(ctx).Delete(c.Profile, ""); err != nil { // entries of a node that is gone, proven by checkNew
		return fmt.Errorf("removing what the kubeconfig has of the last %s: %w", c.Name(), err)
	}
	report.Progress(ctx, "creating the node from %s", image)
	api, err := ports.Hold() // kind's library finds one that is free, and lets go of it before it uses it
	if err == nil {
		err = c.marker().Write(made{API: api})
	}
	if err != nil {
		return err
	}
	kubeconfig := c.marker().Path + ".kubeconfig"
	defer os.Remove(kubeconfig)
	err, _ = cluster.Beside(ctx, func(ctx context.Context) error { // what is not brought now is loaded later
		return untilDone(ctx, func() error {
			return c.kind(ctx).Create(c.Profile, kind.CreateWithV1Alpha4Config(c.config(api)),
				kind.CreateWithNodeImage(image), kind.CreateWithKubeconfigPath(kubeconfig), kind.CreateWithWaitForReady(3*time.Minute),
				kind.CreateWithDisplayUsage(false), kind.CreateWithDisplaySalutation(false))
		})
	}, c.bring)
	if ctx.Err() != nil { // with its container gone, the next command of kind's library fails
		_ = untilDone(context.WithoutCancel(ctx), func() error { return c.kind(ctx).Delete(c.Profile, kubeconfig) })
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("creating the %s: %w%s", c.Name(), err, c.why(err))
	}
	if err := c.Runner.Run(ctx, runner.Cmd("docker", "exec", c.node(), "touch", "/kind/"+finished)); err != nil {
		return fmt.Errorf("marking the %s as created: %w", c.Name(), err)
	}
	return nil
}

// bring loads the images that the machine has already, while the node starts.
func (c *Cluster) bring(ctx context.Context) error {
	if c.Images == nil {
		return nil
	}
	if err := c.Runner.Run(ctx, runner.Cmd("docker", "exec", c.node(), "ctr", "version")); err != nil {
		return err
	}
	images := c.Images(ctx)
	if len(images) == 0 {
		return nil
	}
	_, err := c.Load(ctx, images...)
	return err
}

// noElections: a busy machine makes these lose an election that nobody else stands for. They end for it, and until they
// are back, a Service leads to pods that are gone. minikube's have none either.
const noElections = `apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
controllerManager: {extraArgs: {leader-elect: "false"}}
scheduler: {extraArgs: {leader-elect: "false"}}
`

// quickLosses is that, and has a node that does not report count as lost soon: with what the chart tolerates, its pods
// run elsewhere within a minute. A cluster of one node has no elsewhere.
var quickLosses = strings.Replace(noElections, `"false"`, `"false", node-monitor-grace-period: 30s`, 1)

// config is the cluster: one node that publishes the ingress, workers beside it where there shall be several, and the
// API server at the port api, on the loopback address only.
func (c *Cluster) config(api int) *kindv1.Cluster {
	patch, workers := noElections, max(c.Nodes, 1)-1
	if workers > 0 {
		patch = quickLosses
	}
	return &kindv1.Cluster{
		TypeMeta:             kindv1.TypeMeta{Kind: "Cluster", APIVersion: "kind.x-k8s.io/v1alpha4"},
		KubeadmConfigPatches: []string{patch},
		Networking:           kindv1.Networking{APIServerAddress: "127.0.0.1", APIServerPort: int32(api)},
		Nodes: append([]kindv1.Node{{
			Role: kindv1.ControlPlaneRole,
			ExtraPortMappings: []kindv1.PortMapping{
				{
					ContainerPort: 80,
					HostPort:      int32(c.HTTPPort),
					ListenAddress: "127.0.0.1",
					Protocol:      kindv1.PortMappingProtocolTCP,
				},
			},
		}}, slices.Repeat([]kindv1.Node{{Role: kindv1.WorkerRole}}, workers)...),
	}
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
