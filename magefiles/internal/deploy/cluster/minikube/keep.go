package minikube

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
)

// generations is how many images of one name are kept: a build that was tried need not cost the one before it.
const generations = 2

// archive has the images that the node of the cluster removed last had, for the next new one.
func (c *Cluster) archive() sealed.Thing {
	file := filepath.Join(c.Cache, "node-images.tar")
	return sealed.Thing{Name: "the archive of the last node's images", Paths: []string{file}, Seal: file + ".seal"}
}

// keep saves the images of Keep that the node's engine has. It is no failure where they cannot be: they are made again.
func (c *Cluster) keep(ctx context.Context) {
	list, err := c.Runner.Output(ctx, c.inNode("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"))
	images := newest(strings.Fields(list), c.Keep)
	if err == nil && len(images) > 0 {
		report.Progress(ctx, "keeping the node's images for the next one")
		err = c.save(ctx, images)
	}
	if err != nil && ctx.Err() == nil {
		report.Info(ctx, "the node's images are not kept for the next one: %v", err)
	}
}

// newest are those of the images, which are listed newest first, that have one of the names.
func newest(images, names []string) (refs []string) {
	count := map[string]int{}
	for _, ref := range images {
		name := ref[:strings.LastIndex(ref, ":")]
		if count[name]++; slices.Contains(names, name) && count[name] <= generations {
			refs = append(refs, ref)
		}
	}
	return refs
}

// inNode is a call of docker in the node, whose engine it asks: one that starts or is about to go.
func (c *Cluster) inNode(args ...string) runner.Command {
	return runner.Cmd("docker", append([]string{"exec", "--interactive", c.Profile, "docker"}, args...)...)
}

func (c *Cluster) save(ctx context.Context, images []string) error {
	half, err := os.CreateTemp(c.Cache, "node-images-*.part")
	if err != nil {
		return err
	}
	defer os.Remove(half.Name())
	return c.archive().Make(ctx, func(ctx context.Context) error {
		save := c.inNode(append([]string{"save"}, images...)...).WithStdout(half)
		if err := errors.Join(c.Runner.Run(ctx, save), half.Close()); err != nil {
			return err
		}
		return os.Rename(half.Name(), c.archive().Paths[0])
	})
}

// startNew runs minikube start for a new node, and meanwhile brings it the images that are kept.
func (c *Cluster) startNew(ctx context.Context, options ...string) error {
	whole, damage := c.archive().Whole()
	if damage != "" {
		report.Info(ctx, "%s is broken (%s): images are made again", c.archive().Name, damage)
	}
	if !whole {
		return c.start(ctx, options...)
	}
	err, unloaded := cluster.Beside(ctx, func(ctx context.Context) error { return c.start(ctx, options...) }, c.load)
	if err == nil && unloaded != nil && ctx.Err() == nil {
		report.Info(ctx, "%s cannot be loaded, so images are made again: %v", c.archive().Name, unloaded)
		err = os.Remove(c.archive().Seal)
	}
	return err
}

// load loads the images that are kept into the engine of a node that is being made.
func (c *Cluster) load(ctx context.Context) error {
	if err := c.Runner.Run(ctx, c.inNode("version")); err != nil {
		return err
	}
	images, err := os.Open(c.archive().Paths[0])
	if err != nil {
		return err
	}
	defer images.Close()
	return c.Runner.Run(ctx, c.inNode("load", "--quiet").WithStdin(images))
}
