package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/engine"
	"todo-app/magefiles/internal/deploy/hosts"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/deploy/programs"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Deployment is the app on one cluster, and the parts that put it there. Its methods are what the targets call.
type Deployment struct {
	Config   config.Config
	Report   *report.Reporter
	Runner   runner.Runner
	Engine   *engine.Engine
	Programs programs.Finder
	Supply   Supply // of the machine's own engine
	Node     Supply // of the engine in the cluster's node; nil where images are not built in there
	Cluster  cluster.Provider
	Images   images.Builder // for the cluster
	Host     images.Builder // in the machine's own engine
	Ingress  ingress.Controller
	Release  release.Release
	Hosts    hosts.Machine
	Address  *address.Finder

	mu    sync.Mutex
	seen  images.Set     // of the sources; its zero value until they were looked at
	there images.Set     // in the cluster, as this process knows
	found *release.Found // what this run has seen in the cluster; nil before, and once it is used
	known bool           // whether this process has installed the release, and nothing has failed since
}

// Supply provides images in an engine: there already, else pulled, else made in another way.
type Supply interface {
	Provide(ctx context.Context, refs ...string) error
	// CheckRegistry reports why no registry serves images; nil where one does.
	CheckRegistry(ctx context.Context) error
}

// BuildsInNode reports whether images are built in the cluster's own engine, which therefore comes first.
func (d *Deployment) BuildsInNode() bool { return d.Node != nil }

// sources names the images of the sources as this run found them: whoever edits a file meanwhile changes the next run,
// and what was built is what is installed.
func (d *Deployment) sources(ctx context.Context) (images.Set, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen == (images.Set{}) {
		set, err := d.Images.Current(ctx)
		if err != nil {
			return images.Set{}, err
		}
		d.seen = set
	}
	return d.seen, nil
}

// Again has the next steps look at the sources anew.
func (d *Deployment) Again() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = images.Set{}
}

// brought reports whether this process has put the images of set into the cluster before, so that nothing is to ask.
func (d *Deployment) brought(set images.Set) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.there == set
}

// Stands reports whether the engine and the cluster answer, as they did before.
func (d *Deployment) Stands(ctx context.Context) bool {
	if d.Cluster.Answers(ctx) && d.Cluster.Kubectl().CheckReady(ctx) == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.there, d.known = images.Set{}, false
	return false
}

// Settle has the release serve as it did before a deploy was interrupted, where that left it half done.
func (d *Deployment) Settle(ctx context.Context) error { return d.Release.Settle(ctx) }

// podImages are the images that pods run besides the app's own.
func (d *Deployment) podImages() []string {
	refs := d.Ingress.Images()
	if d.Config.Secrets[chart.DatabaseURL] == "" {
		refs = append(refs, chart.PostgresImage)
	}
	return refs
}

// ImagesThere are the images for pods that the engine has already. It is asked beside the step that may make the bases
// anew, and remembers nothing.
func (d *Deployment) ImagesThere(ctx context.Context) []string {
	refs, builder := d.podImages(), d.Images
	builder.Answers = nil
	if set, err := builder.Current(ctx); err == nil {
		refs = append(refs, set.Refs()...)
	}
	return builder.There(ctx, refs)
}

// Confirm makes sure that the user means a cluster that is not this project's own: it may be anybody's.
func (d *Deployment) Confirm(ctx context.Context) error {
	if d.Cluster.CheckOwned() == nil || d.Config.Yes {
		return nil
	}
	return confirm(d.Cluster.Name(),
		func(question string) (string, error) { return d.Report.Ask(ctx, os.Stdin, question) })
}

func confirm(name string, ask func(question string) (string, error)) error {
	answer, err := ask(fmt.Sprintf("TODO_CLUSTER=current: use the cluster of the %s? [y/N]", name))
	switch {
	case errors.Is(err, report.ErrNobody):
		return fmt.Errorf("using the cluster of the %s: nobody has confirmed that it is the right one; "+
			"set TODO_YES=1 if it is, or choose another with `kubectl config use-context`", name)
	case err != nil:
		return err
	case yes(answer):
		return nil
	}
	return fmt.Errorf("using the cluster of the %s: it was not confirmed; choose another with "+
		"`kubectl config use-context`", name)
}
