package minikube

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// What the objects of a cluster bear in the Docker Engine: minikubeLabel, with the profile's name, by minikube, and
// madeLabel by this project, on the volume that the node stores everything in.
const (
	minikubeLabel = "name.minikube.sigs.k8s.io"
	madeLabel     = "todo-app.made"
)

// made is what is remembered of a cluster from before its node is made until it is destroyed.
type made struct {
	Volume string // when the volume of the profile's name was made, which tells it from a later one
	Begun  bool   // the creation has not ended
}

func (c *Cluster) marker() owned.Marker { return c.Marker("minikube", c.Name()) }

// volume says when the node's volume was made, "" where there is none, and whether it is proven to be this project's.
func (c *Cluster) volume(ctx context.Context) (created string, proven bool, err error) {
	label, found, err := owned.LabelOf(ctx, c.Runner, owned.Volume, c.Profile, madeLabel)
	if err != nil || !found {
		return "", false, err
	}
	created, err = c.Runner.Output(ctx, runner.Cmd("docker", "volume", "inspect", "--format", "{{.CreatedAt}}", c.Profile))
	if err != nil {
		return "", false, fmt.Errorf("reading when the volume %q was made: %w", c.Profile, err)
	}
	var known made
	if _, err := c.marker().Read(&known); err != nil {
		return "", false, err
	}
	return created, label != "" || known.Volume == created, nil
}

// begun reports whether the creation of what is there has not ended.
func (c *Cluster) begun(ctx context.Context) (bool, error) {
	var known made
	if _, err := c.marker().Read(&known); err != nil || !known.Begun {
		return false, err
	}
	created, _, err := c.volume(ctx)
	return created != "" && created == known.Volume, err
}

// inspectLeft looks at what bears the cluster's name where minikube knows no such profile.
func (c *Cluster) inspectLeft(ctx context.Context) (found, error) {
	created, proven, err := c.volume(ctx)
	if err != nil {
		return found{}, err
	}
	if created != "" && !proven {
		err = &owned.Foreign{
			Thing: fmt.Sprintf("the volume %q of the Docker Engine", c.Profile), Setting: "TODO_PROFILE",
			Why:    "it lacks the label " + madeLabel + ", and minikube knows no such profile",
			Remove: "docker volume rm " + c.Profile,
		}
	}
	node, foreign := owned.Check(ctx, c.Runner, owned.Container, c.Profile, minikubeLabel, c.Profile, "TODO_PROFILE")
	_, network := owned.Check(ctx, c.Runner, owned.Network, c.Profile, minikubeLabel, c.Profile, "TODO_PROFILE")
	switch err := errors.Join(foreign, err, network); {
	case err != nil:
		return found{}, err
	case created != "":
		return found{state: cluster.Stopped, lost: true}, nil
	case node:
		return found{}, &owned.Foreign{
			Thing: fmt.Sprintf(
				"the container %q of the Docker Engine",
				c.Profile,
			), Why: "minikube knows no such profile, and its volume is gone",
			Setting: "TODO_PROFILE", Remove: "docker rm --force " + c.Profile,
		}
	}
	return found{state: cluster.Absent}, nil
}

// makeVolume makes the volume of a new node, by which all that is made around it is known from its first moment.
// minikube takes the one that is there.
func (c *Cluster) makeVolume(ctx context.Context) error {
	if created, proven, err := c.volume(ctx); err != nil || created != "" && proven {
		return err
	}
	labels := []string{
		madeLabel + "=" + rand.Text(),
		minikubeLabel + "=" + c.Profile,
		"created_by.minikube.sigs.k8s.io=true",
	}
	args := []string{"volume", "create"}
	for _, label := range labels {
		args = append(args, "--label", label)
	}
	if err := c.Runner.Run(ctx, runner.Cmd("docker", append(args, c.Profile)...)); err != nil {
		return fmt.Errorf("making the volume of the %s: %w", c.Name(), err)
	}
	return c.remember(ctx, true)
}

// remember notes what the cluster is known by.
func (c *Cluster) remember(ctx context.Context, begun bool) error {
	var known made
	if _, err := c.marker().Read(&known); err != nil || known.Volume != "" && !known.Begun && !begun {
		return err
	}
	created, _, err := c.volume(ctx)
	if err != nil || created == "" {
		return err
	}
	return c.marker().Write(made{created, begun})
}

// checkContext makes sure that what the kubeconfig has under the profile's name was written by minikube for it.
func (c *Cluster) checkContext(ip string) error {
	e, err := owned.ReadEntries(c.Kubeconfigs, c.Profile)
	if err != nil || len(e.Kinds) == 0 {
		return err
	}
	own, _ := os.ReadFile(filepath.Join(c.Home, "ca.crt")) // one that cannot be read proves nothing
	inline := len(own) > 0 && bytes.Equal(e.Inline, own)   // minikube's setting embed-certs
	authority := !e.Has("cluster") || inline || e.CA == filepath.Join(c.Home, "ca.crt") ||
		ip != "" && e.Server == "https://"+ip+":8443"
	client := !e.Has("user") || inline && e.Client == "" ||
		strings.HasPrefix(e.Client, filepath.Join(c.Home, "profiles", c.Profile)+string(filepath.Separator))
	if e.Leads && authority && client {
		return nil
	}
	return e.Foreign("it was not written by minikube for a profile in " + c.Home)
}

// checkNew makes sure that nothing stands in the way of a new cluster, before anything is made.
func (c *Cluster) checkNew() error {
	return errors.Join(c.checkContext(""), owned.CheckWritable(c.Kubeconfigs))
}

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
	options, err := c.options(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(options, "--preload=false") { // a preload would be unpacked over what is in the volume
		options = append(options, "--preload=false")
	}
	if err := c.start(ctx, options...); err != nil {
		return fmt.Errorf("making the node of the %s anew around its volume: %w\n%s", c.Name(), err, c.saving())
	}
	return c.remember(ctx, false)
}

// saving says how to save what the volume holds.
func (c *Cluster) saving() string {
	return fmt.Sprintf("Nothing is lost: the volume %q holds all todos. To save them: `%s`",
		c.Profile, cluster.Saving(c.Profile, "hostpath-provisioner"))
}

// setBrokenAside renames the profile's files that cannot be read, so that minikube writes new ones.
func (c *Cluster) setBrokenAside(ctx context.Context) error {
	for _, folder := range []string{"profiles", "machines"} {
		file := filepath.Join(c.Home, folder, c.Profile, "config.json")
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
	image, err := c.base(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"ca.crt", "ca.key", "proxy-client-ca.crt", "proxy-client-ca.key"} {
		read := runner.Cmd("docker", "run", "--rm", "--user", "0", "--entrypoint", "cat", "--volume", c.Profile+":/node:ro",
			cmp.Or(image, chart.PostgresImage), "/node/lib/minikube/certs/"+name)
		text, err := c.Runner.Output(ctx, read)
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
