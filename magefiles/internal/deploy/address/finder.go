package address

import (
	"context"
	"sync"
	"time"
)

// Finder finds the address at which the app answers through the ingress, once for all steps of a run.
type Finder struct {
	Host   string // the app's name, which the ingress routes by
	Shared bool   // Windows shares this machine's loopback address (WSL)
	// Cluster are the ways to the cluster's ingress; forward is the last of them.
	Cluster interface {
		Addresses(ctx context.Context, forward Forward) ([]Candidate, error)
	}
	// Ingress is the controller that answers.
	Ingress interface {
		Forward(ctx context.Context, port int) (Candidate, error)
	}
	App  App
	Port int // of this machine, for a port-forward

	mu    sync.Mutex
	found Candidate // that answers; its zero value until it is found
}

// patience is how long a controller whose pod is ready may take to answer.
const patience = time.Minute

// Find waits until the app answers, and remembers where for the rest of the run.
func (f *Finder) Find(ctx context.Context) (Candidate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.found.Address != "" {
		return f.found, nil
	}
	candidates, err := f.Candidates(ctx)
	if err != nil {
		return Candidate{}, err
	}
	f.found, err = prober{host: f.Host, app: f.App, patience: patience}.find(ctx, candidates)
	return f.found, err
}

// Reach asks each address once, and tries a port-forward where none of them answers. Hold runs what the address takes.
func (f *Finder) Reach(ctx context.Context) (Candidate, error) {
	candidates, err := f.Candidates(ctx)
	if err != nil {
		return Candidate{}, err
	}
	return prober{host: f.Host, app: f.App}.find(ctx, candidates)
}

// Probe asks each address once. It starts nothing, and does not wait.
func (f *Finder) Probe(ctx context.Context) (Candidate, error) {
	candidates, err := f.Candidates(ctx)
	if err != nil {
		return Candidate{}, err
	}
	return prober{host: f.Host, app: f.App}.find(ctx, Lasting(candidates))
}

// Candidates are the addresses that the app's name can lead to, in the order in which to prefer them.
func (f *Finder) Candidates(ctx context.Context) ([]Candidate, error) {
	forward := onPort(f.Port)
	forward.late = func(ctx context.Context) (Candidate, error) { return f.Ingress.Forward(ctx, f.Port) }
	all, err := f.Cluster.Addresses(ctx, func(context.Context) (Candidate, error) { return forward, nil })
	return For(f.Host, f.Shared, all), err
}

// Found is what Find found in this run; its zero value before.
func (f *Finder) Found() Candidate {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.found
}
