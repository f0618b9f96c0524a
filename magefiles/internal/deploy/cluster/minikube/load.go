package minikube

import (
	"context"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

func (c *Cluster) NodeRunner() runner.Runner { return c.nodeRunner() }

func (c *Cluster) nodeRunner() *NodeRunner {
	c.once.Do(func() {
		c.runner = &NodeRunner{
			Runner: c.Runner, Profile: c.profile(), Kept: c.Marker("docker-env", c.Name()),
			Refresh: func(ctx context.Context) error { return c.resume(ctx, found{}) },
		}
	})
	return c.runner
}

// Load implements Provider. What is built or provided in the node's own engine is there already. Where the node has no
// engine it gets images as a node of kind's does.
func (c *Cluster) Load(ctx context.Context, images ...string) ([]string, error) {
	hasDocker, err := c.nodeRunner().HasDocker(ctx)
	if err != nil || hasDocker {
		return nil, err
	}
	return c.loadNode(ctx, images)
}

// hasImages reports whether the node's engine has all the images.
func (c *Cluster) hasImages(ctx context.Context, images ...string) bool {
	return c.nodeRunner().Run(ctx, runner.Cmd("docker", append([]string{"image", "inspect"}, images...)...)) == nil
}

// Send implements DockerNode: one stream for all images.
func (c *Cluster) Send(ctx context.Context, images ...string) error {
	if len(images) == 0 {
		return nil
	}
	hasDocker, err := c.nodeRunner().HasDocker(ctx)
	if err != nil {
		return err
	}
	if !hasDocker {
		_, err := c.loadNode(ctx, images)
		return err
	}
	report.Progress(ctx, "loading %s into the cluster's engine", strings.Join(images, ", "))
	load, err := c.nodeRunner().Command(ctx, runner.Cmd("docker", "load"))
	if err != nil {
		return err
	}
	if err := runner.Pipe(ctx, c.Runner, runner.Cmd("docker", append([]string{"save"}, images...)...), load); err != nil {
		return fmt.Errorf("loading images into the %s: %w", c.Name(), err)
	}
	if !c.hasImages(ctx, images...) {
		return fmt.Errorf("loading images into the %s: its engine still lacks some of %s; is its disk full "+
			"(`docker exec %s df -h /var`)?",
			c.Name(), strings.Join(images, ", "), c.Profile)
	}
	return nil
}

func (c *Cluster) loadNode(ctx context.Context, images []string) ([]string, error) {
	config, _, err := c.profile().Config()
	if err != nil {
		return nil, err
	}
	if config.Runtime != "containerd" {
		return nil, fmt.Errorf("loading images into the %s: its container runtime is %s, and this project knows docker "+
			"and containerd; choose another name with TODO_PROFILE, or remove it with all that is in it: "+
			"`minikube delete --profile %s`",
			c.Name(), config.Runtime, c.Profile)
	}
	return cluster.Node{Runner: c.Runner, Container: c.Profile, Cluster: c.Name()}.Load(ctx, images...)
}
