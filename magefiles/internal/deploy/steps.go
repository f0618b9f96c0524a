package deploy

import (
	"context"
	"strings"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/hosts"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/deploy/verify"
)

// EnsureEngine makes a Docker Engine answer.
func (d *Deployment) EnsureEngine(ctx context.Context) (string, error) { return d.Engine.Ensure(ctx) }

// EnsureClusterPrograms makes the programs available that the cluster takes.
func (d *Deployment) EnsureClusterPrograms(ctx context.Context) (string, error) {
	return d.Programs.Ensure(ctx, d.Cluster.Programs()...)
}

// PrepareCluster provides what a new cluster is made from, where there is none yet.
func (d *Deployment) PrepareCluster(ctx context.Context) (string, error) {
	return d.Cluster.Prepare(ctx)
}

// EnsureCluster makes the cluster run.
func (d *Deployment) EnsureCluster(ctx context.Context) (string, error) { return d.Cluster.Ensure(ctx) }

// ProvideSupplies has the images that a new cluster will need ready on the machine, where no registry will serve them
// to it: building them takes about as long as the cluster does.
func (d *Deployment) ProvideSupplies(ctx context.Context) (string, error) {
	state, err := d.Cluster.State(ctx)
	if err != nil {
		return "", err
	}
	if state == cluster.Running || state == cluster.Stopped || d.Supply.CheckRegistry(ctx) == nil {
		return "not needed", nil
	}
	refs := append(append(images.Bases(), ingress.Image), d.podImages()...)
	return strings.Join(refs, ", "), d.Supply.Provide(ctx, refs...)
}

// ProvideBases provides the images that the app's images and its pods start from, where images are built.
func (d *Deployment) ProvideBases(ctx context.Context) (string, error) {
	refs, supply := images.Bases(), d.Supply
	if d.Cluster.Registry() == "" { // else the cluster pulls for itself what its pods run
		refs = append(refs, d.podImages()...)
	}
	if d.BuildsInNode() {
		supply = d.Node
	}
	return strings.Join(refs, ", "), supply.Provide(ctx, refs...)
}

// BuildImages builds the app's images in the engine that the cluster gets them from.
func (d *Deployment) BuildImages(ctx context.Context) (string, error) {
	set, err := d.sources(ctx)
	if err != nil {
		return "", err
	}
	if d.brought(set) {
		return unchanged(set), nil
	}
	return d.Images.Build(ctx, set)
}

// LoadImages puts the app's images, and those that its pods need besides, into the cluster.
func (d *Deployment) LoadImages(ctx context.Context) (string, error) {
	set, err := d.sources(ctx)
	if err != nil {
		return "", err
	}
	if d.brought(set) {
		return unchanged(set), nil
	}
	loaded, err := d.Cluster.Load(ctx, append(set.Refs(), d.podImages()...)...)
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	d.there = set
	d.mu.Unlock()
	if len(loaded) == 0 {
		return unchanged(set), nil
	}
	return "loaded " + strings.Join(loaded, ", "), nil
}

func unchanged(set images.Set) string { return "unchanged (" + set.String() + ")" }

// EnsureIngress makes the ingress controller run.
func (d *Deployment) EnsureIngress(ctx context.Context) (string, error) { return d.Ingress.Ensure(ctx) }

// Look looks at what is installed, while other steps work. Where that fails, Install looks again, and says why.
func (d *Deployment) Look(ctx context.Context) error {
	d.found = nil
	if found, err := d.Release.Look(ctx, d.known); err == nil {
		d.found = &found
	}
	return nil
}

// Install installs the app with images of the current sources.
func (d *Deployment) Install(ctx context.Context) (string, error) {
	set, err := d.sources(ctx)
	if err != nil {
		return "", err
	}
	settings := d.settings(set)
	settings.Known, settings.Looked = d.known, d.found
	d.known, d.found = false, nil
	release := d.Release
	release.Save = d.saveBeforeMigrations
	note, err := release.Install(ctx, settings)
	d.known = err == nil
	return note, err
}

func (d *Deployment) settings(set images.Set) release.Settings {
	replicas := 0
	if d.Config.Nodes > 1 {
		replicas = 2 // each on a node of its own
	}
	return release.Settings{
		Replicas: replicas, Images: set, Host: d.Config.Host, Secrets: d.Config.Secrets, PullSecrets: d.Config.PullSecrets,
		Gateway: d.Config.Ingress.Controller == config.Gateway,
	}
}

// MapHost makes the app's name lead to the address that answers.
func (d *Deployment) MapHost(ctx context.Context) (string, error) {
	found, err := d.Address.Find(ctx)
	if err != nil {
		return "", err
	}
	return d.Hosts.Ensure(ctx, d.Config.Host, sides(found))
}

// sides are the addresses on both sides of a WSL: what is on loopback is there for Windows, too.
func sides(found address.Candidate) hosts.Addresses {
	to := hosts.Addresses{Here: found.IP()}
	if found.OnLoopback() {
		to.Windows = found.IP()
	}
	return to
}

// Verify makes a user's journey through what Install installed.
func (d *Deployment) Verify(ctx context.Context) (string, error) {
	set, err := d.sources(ctx)
	if err != nil {
		return "", err
	}
	found, err := d.Address.Find(ctx)
	if err != nil {
		return "", err
	}
	var note string
	err = found.Hold(ctx, func(ctx context.Context) (err error) {
		note, err = verify.Journey{
			URL: found.URL(d.Config.Host), Address: found.Address,
			BackendVersion: images.Tag(set.Backend), FrontendVersion: images.Tag(set.Frontend),
		}.Run(ctx)
		return err
	})
	if found.Command != "" {
		note += ", through a port-forward that has ended"
	}
	return note, err
}
