package minikube

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/owned"
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
			Thing:   fmt.Sprintf("the container %q of the Docker Engine", c.Profile),
			Why:     "minikube knows no such profile, and its volume is gone",
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
