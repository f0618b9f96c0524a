// Package cluster gives the app a Kubernetes cluster on this machine. Each way to run one is a Provider.
package cluster

import (
	"context"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/kube"
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
	// Addresses are the ways in which this machine may reach the cluster's ingress, the best one first.
	Addresses(ctx context.Context) ([]address.Candidate, error)
	// Kubectl calls kubectl on this cluster, in the app's namespace.
	Kubectl() kube.Kubectl
	// Name is how users call the cluster: `kind cluster "todo-app"`.
	Name() string
}

// Inner is a Provider whose cluster has a Docker Engine of its own: the app's images are built in there, so the cluster
// comes first, and nothing is left to be loaded.
type Inner interface {
	Provider
	// Engine runs docker commands in the cluster's engine, or in the machine's where this cluster happens to have none.
	Engine() runner.Runner
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
