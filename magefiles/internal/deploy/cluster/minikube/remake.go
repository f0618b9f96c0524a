package minikube

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// remake makes the node anew around its volume, which holds all that it stored.
func (c *Cluster) remake(ctx context.Context) error {
	report.Info(ctx, "the node of the %s is made anew around its volume, which holds all data", c.Name())
	if err := c.restoreAuthority(ctx); err != nil {
		return err
	}
	if _, found, err := owned.LabelOf(ctx, c.Runner, owned.Container, c.Profile, minikubeLabel); err != nil {
		return err
	} else if found { // without --volumes
		if err := c.Runner.Run(ctx, runner.Cmd("docker", "rm", "--force", c.Profile)); err != nil {
			return fmt.Errorf("removing the container of the %s, but not its volume: %w", c.Name(), err)
		}
	}
	if err := c.setBrokenAside(ctx); err != nil {
		return err
	}
	if err := c.prepareVolume(ctx); err != nil {
		return err
	}
	options, err := c.options(ctx)
	if err != nil {
		return err
	}
	if err := c.start(ctx, withoutPreload(options)...); err != nil {
		return fmt.Errorf("making the node of the %s anew around its volume: %w\n%s\nIts folder %s has the cluster's store "+
			"as it was", c.Name(), err, c.saving(), savedStore)
	}
	if err := c.Runner.Run(ctx, runner.Cmd("docker", "exec", c.Profile, "rm", "-rf", "/var/"+savedStore)); err != nil {
		return fmt.Errorf("removing the copy of the cluster's store, which is not needed any more: %w", err)
	}
	return c.remember(ctx, false)
}

// The volume is a node's /var. In it are the cluster's store, and the copy of it that is kept while a node is made anew.
const store, savedStore = "lib/minikube/etcd", "lib/minikube/etcd.saved"

// prepareVolume has minikube set up the parts of the cluster in the new node. It would compare the settings with the
// last node's, which are in the volume, and take it that nothing is to be done. Where it cannot start the cluster it
// empties the store, which is copied for that reason:
// https://github.com/kubernetes/minikube/blob/v1.38.1/pkg/minikube/bootstrapper/kubeadm/kubeadm.go#L397
func (c *Cluster) prepareVolume(ctx context.Context) error {
	script := fmt.Sprintf("cd /node && rm -f tmp/minikube/kubeadm.yaml && if [ -e %[1]s ] && [ ! -e %[2]s ]; then "+
		"cp -a %[1]s %[2]s.part && mv %[2]s.part %[2]s; fi", store, savedStore)
	if _, err := c.inVolume(ctx, "rw", "sh", "-c", script); err != nil {
		return fmt.Errorf("preparing the volume %q for another node: %w\n%s", c.Profile, err, c.saving())
	}
	return nil
}

// inVolume runs a program with the node's volume at /node, for reading alone ("ro") or not ("rw").
func (c *Cluster) inVolume(ctx context.Context, mode, program string, args ...string) (string, error) {
	image, err := c.base(ctx)
	if err != nil {
		return "", err
	}
	return c.Runner.Output(ctx, runner.Cmd("docker", append([]string{"run", "--rm", "--user", "0", "--entrypoint", program,
		"--volume", c.Profile + ":/node:" + mode, cmp.Or(image, chart.PostgresImage)}, args...)...))
}

// saving says how to save what the volume holds.
func (c *Cluster) saving() string {
	return fmt.Sprintf("Nothing is lost: the volume %q holds all todos. To save them: `%s`",
		c.Profile, cluster.Saving(c.Profile, "hostpath-provisioner"))
}

// setBrokenAside renames the profile's files that cannot be read, so that minikube writes new ones.
func (c *Cluster) setBrokenAside(ctx context.Context) error {
	for _, folder := range []string{"profiles", "machines"} {
		file := c.profile().file(folder)
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) || err == nil && json.Valid(text) {
			continue
		}
		if err == nil {
			err = os.Rename(file, file+".broken")
		}
		if err != nil {
			return fmt.Errorf("setting aside what minikube cannot read: %w", err)
		}
		report.Info(ctx, "minikube could not read %s: it is kept as config.json.broken", file)
	}
	return nil
}

// restoreAuthority brings the certificate authority back that the cluster in the volume was made with, where minikube's
// folder has lost it: with another one the cluster would not know its own parts.
func (c *Cluster) restoreAuthority(ctx context.Context) error {
	if _, err := os.Stat(filepath.Join(c.Home, "ca.key")); err == nil {
		return nil
	}
	if err := os.MkdirAll(c.Home, 0o755); err != nil {
		return fmt.Errorf("making minikube's folder: %w", err)
	}
	for _, name := range []string{"ca.crt", "ca.key", "proxy-client-ca.crt", "proxy-client-ca.key"} {
		text, err := c.inVolume(ctx, "ro", "cat", "/node/lib/minikube/certs/"+name)
		if err != nil {
			return fmt.Errorf("reading the cluster's certificate authority out of the volume %q: %w\n%s",
				c.Profile, err, c.saving())
		}
		if err := os.WriteFile(filepath.Join(c.Home, name), []byte(text+"\n"), 0o600); err != nil {
			return fmt.Errorf("restoring minikube's certificate authority: %w", err)
		}
	}
	return nil
}
