package minikube

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Cluster is a cluster of one node, a container of the Docker Engine, run by the program minikube. The app's images are
// built in the Docker Engine inside of it.
type Cluster struct {
	cluster.Local
	Size       cluster.Size                          // what a new node may use
	Kubernetes string                                // the version that a new node runs
	Base       func(context.Context) (string, error) // the image that a new node runs, made available; "" is minikube's own
	Root       bool                                  // run by root, which minikube has to be told
	Home       string                                // minikube's folder

	once   sync.Once
	runner *NodeRunner

	asking sync.Mutex // held by the step that asks how the cluster is: others wait for its answer
	known  sync.Mutex
	ready  *found // once the cluster was seen to be ready, until this process changes it
}

var _ cluster.DockerNode = (*Cluster)(nil)

func (c *Cluster) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: c.Runner, Context: c.Profile, Namespace: c.Namespace}
}

func (c *Cluster) Name() string { return fmt.Sprintf("minikube profile %q", c.Profile) }

func (c *Cluster) profile() Profile { return Profile{Runner: c.Runner, Name: c.Profile, Home: c.Home} }

func (c *Cluster) Programs() []string { return []string{"minikube"} }

// Addresses implements Provider. The node's own address leads nowhere where the engine runs in a virtual machine.
func (c *Cluster) Addresses(ctx context.Context, forward address.Forward) ([]address.Candidate, error) {
	config, found, err := c.profile().Config()
	if err == nil && !found {
		err = fmt.Errorf("looking for the %s: there is none; `mage cluster` makes it", c.Name())
	}
	if err != nil {
		return nil, err
	}
	last, err := forward(ctx)
	return []address.Candidate{address.NodeIP(config.IP), address.Published(c.HTTPPort, c.Profile),
		address.Tunnel(c.Profile), last}, err
}

func (c *Cluster) Prepare(ctx context.Context) (string, error) {
	state, err := c.State(ctx)
	if err != nil {
		return "", err
	}
	if state == cluster.Running || state == cluster.Stopped {
		return "not needed", nil
	}
	if err := c.checkNew(); err != nil { // known before the long part, not after it
		return "", err
	}
	if _, _, err := c.Fit(ctx, c.Size); err != nil {
		return "", fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	base, err := c.base(ctx)
	if base == "" {
		base = "minikube brings its own"
	}
	return base, err
}

func (c *Cluster) base(ctx context.Context) (string, error) {
	if c.Base == nil {
		return "", nil
	}
	return c.Base(ctx)
}

func (c *Cluster) Ensure(ctx context.Context) (string, error) {
	is, err := c.inspect(ctx)
	if err == nil {
		err = c.checkContext(is.config.IP)
	}
	if err != nil {
		return "", err
	}
	switch is.state {
	case cluster.Running:
		if err := c.remember(ctx, false); err != nil {
			return "", err
		}
		if is.answers {
			return "unchanged (" + c.Name() + ")", nil
		}
		return "unchanged (" + c.Name() + ")", c.ensureAPI(ctx, is.status)
	case cluster.Stopped:
		if err := c.resume(ctx, is); err != nil {
			return "", err
		}
		c.forget()
		return "started again (" + c.Name() + ")", c.ensureAPI(ctx, Status{Kubeconfig: configured})
	case cluster.Incomplete:
		report.Progress(ctx, "removing what an interrupted creation left")
		if err := c.Delete(ctx); err != nil {
			return "", err
		}
	}
	return "created " + c.Name(), c.create(ctx)
}

func (c *Cluster) Check(ctx context.Context) (string, error) {
	is, err := c.inspect(ctx)
	if err == nil {
		err = c.checkContext(is.config.IP)
	}
	switch {
	case err != nil:
		return "", err
	case is.state == cluster.Running:
		return c.Name() + " runs", nil
	case is.state == cluster.Absent:
		size, warnings, err := c.Fit(ctx, c.Size)
		for _, warning := range warnings {
			report.Warn(ctx, "%s", warning)
		}
		return fmt.Sprintf("deploy will create the %s with %s", c.Name(), size), errors.Join(err, c.checkNew())
	case is.lost:
		return fmt.Sprintf(
			"the node of the %s is gone: deploy will have it made anew around its volume, which holds all data",
			c.Name()), nil
	default:
		return fmt.Sprintf("the %s is %s: deploy will mend that", c.Name(), is.state), nil
	}
}

// create makes the profile. What a failure or an interruption leaves is removed by the next call, which knows the
// volume that this one has made.
func (c *Cluster) create(ctx context.Context) error {
	if err := c.checkNew(); err != nil {
		return err
	}
	options, err := c.options(ctx)
	if err != nil {
		return err
	}
	if err := c.setBrokenAside(ctx); err != nil {
		return err
	}
	if err := c.makeVolume(ctx); err != nil {
		return err
	}
	filled := c.fillVolume(ctx)
	if filled {
		options = withoutPreload(options)
	}
	if err := c.start(ctx, options...); err != nil {
		if filled && ctx.Err() == nil { // it may be the cause
			err = errors.Join(err, c.dropLayers(ctx))
		}
		return fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	c.forget()
	return c.remember(ctx, false)
}

// options are those of a new node on this machine.
func (c *Cluster) options(ctx context.Context) ([]string, error) {
	size, warnings, err := c.Fit(ctx, c.Size)
	if err != nil {
		return nil, fmt.Errorf("creating the %s: %w", c.Name(), err)
	}
	for _, warning := range warnings {
		report.Warn(ctx, "%s", warning)
	}
	base, err := c.base(ctx)
	if err != nil {
		return nil, err
	}
	published := c.HTTPPort
	if err := cluster.CheckPort(c.HTTPPort); err != nil {
		report.Warn(ctx, "the node's port 80 is not published: %v", err)
		published = 0
	}
	return c.creation(size, base, published), nil
}

// creation are the options of a new node. The runtime is named because later releases of minikube choose another one,
// and the Kubernetes so that every release makes the same cluster. published is 0 for a port that is taken.
func (c *Cluster) creation(size cluster.Size, base string, published int) []string {
	options := []string{"--driver=docker", "--container-runtime=docker", "--kubernetes-version=" + c.Kubernetes,
		fmt.Sprintf("--memory=%dm", size.Memory>>20), fmt.Sprintf("--cpus=%d", size.CPUs)}
	if published != 0 {
		options = append(options, fmt.Sprintf("--ports=127.0.0.1:%d:80", published))
	}
	if base != "" { // what minikube would download for its own image is in this one or in its cache
		options = append(options, "--base-image="+base, noPreload)
	}
	return options
}

// noPreload keeps minikube from unpacking an archive of images into the node's volume.
const noPreload = "--preload=false"

// withoutPreload are the options of a node whose volume is filled already: the archive would be unpacked over that.
func withoutPreload(options []string) []string {
	if slices.Contains(options, noPreload) {
		return options
	}
	return append(options, noPreload)
}

// start runs minikube start. It leaves the user's current kube context alone and asks nothing.
func (c *Cluster) start(ctx context.Context, options ...string) error {
	options = append(options, "--keep-context=true", "--interactive=false")
	if c.Root {
		options = append(options, "--force")
	}
	said := steps(func(line string) { report.Progress(ctx, "%s", line) })
	var all strings.Builder
	keep := lines.To(func(line string) { all.WriteString(line + "\n") })
	start := c.profile().Command(append([]string{"start"}, options...)...).WithOutput(io.MultiWriter(said, keep))
	err := c.Runner.Run(ctx, start)
	var failed *runner.RunError
	if errors.As(err, &failed) {
		output := cmp.Or(all.String(), failed.Output)
		failed.Output = cluster.Cause(output)
		return fmt.Errorf("%w\n%s", err, c.Log("minikube", output))
	}
	if err == nil && strings.Contains(all.String(), "will reset cluster") {
		return fmt.Errorf("minikube could not start the cluster as it was, and has made a new one in its place\n%s",
			c.Log("minikube", all.String()))
	}
	return err
}

// resume starts the node that there is, as it was made, or makes it anew around its volume.
func (c *Cluster) resume(ctx context.Context, is found) error {
	if is.lost {
		return c.remake(ctx)
	}
	if is.status.APIServer == "Paused" {
		report.Progress(ctx, "unpausing the node")
		if err := c.Runner.Run(ctx, c.profile().Command("unpause")); err != nil {
			return fmt.Errorf("unpausing the %s: %w", c.Name(), err)
		}
	}
	report.Progress(ctx, "starting the stopped node")
	if err := c.start(ctx); err != nil {
		return fmt.Errorf("starting the stopped %s: %w\n%s", c.Name(), err, c.saving())
	}
	return nil
}

// Delete implements Provider. Entries of the kubeconfig that lead elsewhere stay.
func (c *Cluster) Delete(ctx context.Context) error {
	is, err := c.inspect(ctx)
	if err != nil {
		return fmt.Errorf("removing the %s: %w", c.Name(), err)
	}
	if is.state == cluster.Running && is.config.Runtime == "docker" {
		if err := c.keepLayers(ctx); err != nil {
			return err
		}
	}
	if is.state != cluster.Absent {
		command := c.profile().Command("delete")
		if err := c.checkContext(is.config.IP); owned.IsForeign(err) {
			report.Info(ctx, "%v", err)
			command = command.WithEnv("KUBECONFIG=" + c.marker().Path + ".kubeconfig") // there is none
		} else if err != nil {
			return err
		}
		if err := c.Runner.Run(ctx, command); err != nil {
			return fmt.Errorf("removing the %s: %w", c.Name(), err)
		}
	}
	c.forget()
	return c.marker().Remove()
}
