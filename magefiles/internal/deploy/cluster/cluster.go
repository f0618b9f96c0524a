// Package cluster says what a Kubernetes cluster is to a deployment. Each way to have one is a Provider, in a folder of
// its own: kind, minikube, and current for a cluster that was there before.
package cluster

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Provider runs one cluster. Every method may be called again, and repairs what an interrupted call left behind.
type Provider interface {
	// Prepare provides what a new cluster is made from, which may take long, where there is no cluster yet.
	Prepare(ctx context.Context) (note string, err error)
	// Ensure makes the cluster run: it creates it, starts it again, or finds it running. The note says which.
	Ensure(ctx context.Context) (note string, err error)
	// Check says how the cluster is, or why Ensure would fail, without changing anything.
	Check(ctx context.Context) (note string, err error)
	// State says how the cluster is without changing it.
	State(ctx context.Context) (State, error)
	// Load puts those images of the Docker Engine into the cluster that are not there yet, and returns their names.
	Load(ctx context.Context, images ...string) (loaded []string, err error)
	// Delete removes the cluster with all that is in it, and does nothing where there is none.
	Delete(ctx context.Context) error
	// Addresses are the ways in which this machine may reach the cluster's ingress, the best one first. forward is the
	// last resort, for a cluster that may be reached in no other way.
	Addresses(ctx context.Context, forward address.Forward) ([]address.Candidate, error)
	// Kubectl calls kubectl on this cluster, in the app's namespace.
	Kubectl() kube.Kubectl
	// Name is how users call the cluster: `kind cluster "todo-app"`.
	Name() string

	// Programs are those that the cluster takes besides docker and kubectl.
	Programs() []string
	// Registry is where images are pushed for the cluster to pull, "" where Load brings them.
	Registry() string
	// CheckOwned returns an error where the cluster is not this project's own, which therefore never removes it.
	CheckOwned() error
	// Answers reports whether State can be asked for now: what runs the cluster answers.
	Answers(ctx context.Context) bool
	// CheckMachine says what the cluster may use of this machine, or why that is too little.
	CheckMachine(ctx context.Context) (note string, err error)
}

// DockerNode is a Provider whose cluster has a Docker Engine of its own: the app's images are built in there, so the
// cluster comes first, and nothing is left to be loaded.
type DockerNode interface {
	Provider
	// NodeRunner runs docker commands in the cluster's engine, or in the machine's where the cluster has none.
	NodeRunner() runner.Runner
	// Send copies images of the machine's engine to the cluster, whether it has some of their names or not.
	Send(ctx context.Context, images ...string) error
}

// State is how a cluster is.
type State string

// The states of a cluster.
const (
	Absent     State = "absent"
	Stopped    State = "stopped"
	Incomplete State = "incomplete" // its creation was interrupted
	Running    State = "running"
)

// Local is what clusters have in common whose node is a container of this machine's Docker Engine.
type Local struct {
	Runner    runner.Runner
	Profile   string // the cluster's name
	Namespace string // of the app
	HTTPPort  int    // of 127.0.0.1, published to the node's port 80
	Cache     string // folder that remembers what was made

	Kubeconfigs []string // the files that kubectl reads
}

// Registry implements Provider: Load brings the images.
func (Local) Registry() string { return "" }

// CheckOwned implements Provider: the project made the cluster.
func (Local) CheckOwned() error { return nil }

func (l Local) Answers(ctx context.Context) bool {
	return l.Runner.Run(ctx, runner.Cmd("docker", "version")) == nil
}

func (l Local) CheckMachine(ctx context.Context) (string, error) {
	has, known := Machine(ctx, l.Runner)
	if !known {
		return "looked at once the engine runs", nil
	}
	return has.String(), checkMachine(has)
}

// WaitForAPI waits until the API server of a cluster answers whose node, the container node, has started.
func WaitForAPI(ctx context.Context, p Provider, node string) error {
	report.Progress(ctx, "waiting for the API server")
	if err := p.Kubectl().WaitReady(ctx, 2*time.Minute); err != nil {
		return fmt.Errorf("reaching the %s: its node runs but the API server does not answer; `docker restart %s` starts it "+
			"anew, and all todos stay: %w", p.Name(), node, err)
	}
	return nil
}

// Saving is the command that saves a folder of a volume of the Docker Engine into a file.
func Saving(volume, folder string) string {
	return fmt.Sprintf("docker run --rm --user 0 --entrypoint tar --volume %s:/node:ro %s -cz -C /node %s > todo-app-node.tar.gz",
		volume, chart.PostgresImage, folder)
}

// Marker remembers what was made by way ("kind") under this cluster's name, which users call what.
func (l Local) Marker(way, what string) owned.Marker {
	return owned.Marker{Path: filepath.Join(l.Cache, "made-"+way+"-"+l.Profile), What: what}
}
