package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Minikube is a cluster of one node, a container of the Docker Engine, run by the program minikube. The app's images are
// built in the Docker Engine inside of it.
type Minikube struct {
	Runner     runner.Runner
	Profile    string // the cluster's name
	Namespace  string
	HTTPPort   int                                   // of 127.0.0.1, published to the node's port 80
	Size       Size                                  // what a new node may use
	Kubernetes string                                // the version that a new node runs
	Base       func(context.Context) (string, error) // the image that a new node runs, made available; "" is minikube's own
	Root       bool                                  // run by root, which minikube has to be told
	Cache      string                                // folder that remembers a creation that has begun

	once   sync.Once
	engine *minikube.Engine
}

var _ Inner = (*Minikube)(nil)

// Kubectl implements Provider.
func (m *Minikube) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: m.Runner, Context: m.Profile, Namespace: m.Namespace}
}

// Name implements Provider.
func (m *Minikube) Name() string { return fmt.Sprintf("minikube profile %q", m.Profile) }

func (m *Minikube) profile() minikube.Profile {
	return minikube.Profile{Runner: m.Runner, Name: m.Profile}
}

// Addresses implements Provider. The node's own address leads nowhere where the Docker Engine runs in a virtual machine.
func (m *Minikube) Addresses(ctx context.Context) ([]address.Candidate, error) {
	config, found, err := m.profile().Config(ctx)
	if err == nil && !found {
		err = fmt.Errorf("looking for the %s: there is none; `mage cluster` makes it", m.Name())
	}
	if err != nil {
		return nil, err
	}
	return []address.Candidate{address.NodeIP(config.IP), address.Published(m.HTTPPort), address.Tunnel(m.Profile)}, nil
}

// Prepare implements Provider.
func (m *Minikube) Prepare(ctx context.Context) (string, error) {
	state, err := m.State(ctx)
	if err != nil {
		return "", err
	}
	if state == Running || state == Stopped {
		return "not needed", nil
	}
	if _, _, err := m.fit(ctx); err != nil { // known before the long part, not after it
		return "", fmt.Errorf("creating the %s: %w", m.Name(), err)
	}
	base, err := m.base(ctx)
	if base == "" {
		base = "minikube brings its own"
	}
	return base, err
}

func (m *Minikube) base(ctx context.Context) (string, error) {
	if m.Base == nil {
		return "", nil
	}
	return m.Base(ctx)
}

// Ensure implements Provider.
func (m *Minikube) Ensure(ctx context.Context) (string, error) {
	state, status, err := m.look(ctx)
	if err != nil {
		return "", err
	}
	switch state {
	case Running:
		return "unchanged (" + m.Name() + ")", m.reach(ctx, status)
	case Stopped:
		if err := m.resume(ctx, status); err != nil {
			return "", err
		}
		m.inner().Forget() // its address and its certificates may be others now
		return "started again (" + m.Name() + ")", m.reach(ctx, minikube.Status{Kubeconfig: configured})
	case Incomplete:
		report.Progress(ctx, "removing what an interrupted creation left")
		if err := m.Delete(ctx); err != nil {
			return "", err
		}
	}
	return "created " + m.Name(), m.create(ctx)
}

// Check implements Provider.
func (m *Minikube) Check(ctx context.Context) (string, error) {
	state, err := m.State(ctx)
	switch {
	case err != nil:
		return "", err
	case state == Running:
		return m.Name() + " runs", nil
	case state == Absent:
		size, warnings, err := m.fit(ctx)
		for _, warning := range warnings {
			report.Warn(ctx, "%s", warning)
		}
		return fmt.Sprintf("deploy will create the %s with %s", m.Name(), size), err
	default:
		return fmt.Sprintf("the %s is %s: deploy will mend that", m.Name(), state), nil
	}
}

// create makes the profile. What a failure or an interruption leaves is removed by the next call, which knows by a file of
// the cache that it may be.
func (m *Minikube) create(ctx context.Context) error {
	size, warnings, err := m.fit(ctx)
	if err != nil {
		return fmt.Errorf("creating the %s: %w", m.Name(), err)
	}
	for _, warning := range warnings {
		report.Warn(ctx, "%s", warning)
	}
	base, err := m.base(ctx)
	if err != nil {
		return err
	}
	published := m.HTTPPort
	if err := portFree(m.HTTPPort); err != nil {
		report.Warn(ctx, "the node's port 80 is not published: %v", err)
		published = 0
	}
	if err := os.WriteFile(m.begun(), nil, 0o644); err != nil {
		return fmt.Errorf("noting that the %s is being created: %w", m.Name(), err)
	}
	if err := m.start(ctx, m.creation(size, base, published)...); err != nil {
		return fmt.Errorf("creating the %s: %w\n`minikube logs --profile %s` tells more", m.Name(), err, m.Profile)
	}
	m.inner().Forget()
	return os.Remove(m.begun())
}

// creation are the options of a new node. The runtime is named because later releases of minikube choose another one, and
// the Kubernetes so that every release makes the same cluster. published is 0 for a port that is taken.
func (m *Minikube) creation(size Size, base string, published int) []string {
	options := []string{"--driver=docker", "--container-runtime=docker", "--kubernetes-version=" + m.Kubernetes,
		fmt.Sprintf("--memory=%dm", size.Memory>>20), fmt.Sprintf("--cpus=%d", size.CPUs)}
	if published != 0 {
		options = append(options, fmt.Sprintf("--ports=127.0.0.1:%d:80", published))
	}
	if base != "" { // what minikube would download for its own image is in this one or in its cache
		options = append(options, "--base-image="+base, "--preload=false")
	}
	return options
}

// start runs minikube start. It leaves the user's current kube context alone and asks nothing.
func (m *Minikube) start(ctx context.Context, options ...string) error {
	options = append(options, "--keep-context=true", "--interactive=false")
	if m.Root {
		options = append(options, "--force")
	}
	said := &steps{say: func(line string) { report.Progress(ctx, "%s", line) }}
	return m.Runner.Run(ctx, m.profile().Command(append([]string{"start"}, options...)...).WithOutput(said))
}

// resume starts the node that there is, as it was made.
func (m *Minikube) resume(ctx context.Context, status minikube.Status) error {
	if status.APIServer == "Paused" {
		report.Progress(ctx, "unpausing the node")
		if err := m.Runner.Run(ctx, m.profile().Command("unpause")); err != nil {
			return fmt.Errorf("unpausing the %s: %w", m.Name(), err)
		}
	}
	report.Progress(ctx, "starting the stopped node")
	if err := m.start(ctx); err != nil {
		return fmt.Errorf("starting the stopped %s: %w\n`minikube logs --profile %s` says why, and `mage destroy` removes it with its data", m.Name(), err, m.Profile)
	}
	return nil
}

// Delete implements Provider.
func (m *Minikube) Delete(ctx context.Context) error {
	found, err := m.ours(ctx)
	if err != nil {
		return err
	}
	if found || exists(m.begun()) {
		if err := m.Runner.Run(ctx, m.profile().Command("delete")); err != nil {
			return fmt.Errorf("removing the %s: %w", m.Name(), err)
		}
	}
	m.inner().Forget()
	if err := os.RemoveAll(m.begun()); err != nil {
		return fmt.Errorf("forgetting the creation of the %s: %w", m.Name(), err)
	}
	return nil
}

// begun is a file that stands for a creation from its beginning to its end.
func (m *Minikube) begun() string { return filepath.Join(m.Cache, "creating-minikube-"+m.Profile) }

// apiTime is how long an API server may take to answer after its node has started.
const apiTime = 2 * time.Minute
