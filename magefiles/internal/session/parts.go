package session

import (
	"context"
	"os"
	"strings"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/engine"
	"todo-app/magefiles/internal/deploy/hosts"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/deploy/programs"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/deploy/verify"
	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/offline/dockerd"
	"todo-app/magefiles/internal/offline/recipes"
)

// parts are what the targets call.
type parts struct {
	Engine  *engine.Engine
	Tools   programs.Finder
	Supply  *recipes.Supply
	Cluster cluster.Provider
	Images  images.Builder // for the cluster
	Host    images.Builder // in the machine's own engine
	Ingress ingress.Controller
	Release release.Release
	Hosts   hosts.Machine

	inside *recipes.NodeSupply // nil where images are not built inside of the cluster
}

func newParts(s *Session) (parts, error) {
	c, run := s.Config, s.Runner
	compiler := compile.New(run, c.Root, c.Cache)
	mode, err := recipes.ParseMode(c.RegistryFree)
	if err != nil {
		return parts{}, err
	}
	supply := recipes.New(run, compiler, c.Root, c.Cache, mode)
	provider, err := newCluster(c, run, supply)
	if err != nil {
		return parts{}, err
	}
	here := machine.This()
	p := parts{
		Engine: &engine.Engine{
			Runner: run, Cache: c.Cache, Host: os.Getenv("DOCKER_HOST"), Machine: here,
			Starter: &dockerd.Daemon{Runner: run, Cache: c.Cache, Machine: here},
		},
		Tools:   programs.Finder{Runner: run, Builder: compiler},
		Supply:  supply,
		Cluster: provider,
		Host:    images.Builder{Runner: run, Root: c.Root, CABundle: c.CABundle},
		Release: release.Release{Runner: run, Kubectl: provider.Kubectl(), Root: c.Root},
		Hosts:   hosts.This(run, c.HostsFile),
	}
	p.Images = p.Host
	if inner, ok := provider.(cluster.Inner); ok {
		p.Images.Runner = inner.Engine()
		p.inside = supply.ForNode(inner.Engine(), inner.Send)
	}
	if c.Cluster == config.Current {
		p.Images.Registry = c.Registry
	}
	p.Ingress = newIngress(c, provider, p.inside, s.reachedAt)
	return p, nil
}

// reachedAt is Reach for the ingress controller, which wants to know no more than the address.
func (s *Session) reachedAt(ctx context.Context) (string, error) {
	found, err := s.Reach(ctx)
	return found.Address, err
}

// ClusterImages are the images that pods run besides the app's own.
func (s *Session) ClusterImages() []string {
	refs := s.Ingress.Images()
	if s.Config.Secrets.DatabaseURL == "" {
		refs = append(refs, release.PostgresImage)
	}
	return refs
}

// Bases provides the images that the app's images and its pods start from, where images are built for the cluster.
func (s *Session) Bases(ctx context.Context) (string, error) {
	refs := images.Bases()
	if s.Config.Cluster != config.Current { // which pulls for itself what its pods run
		refs = append(refs, s.ClusterImages()...)
	}
	if s.inside != nil {
		return strings.Join(refs, ", "), s.inside.Provide(ctx, refs...)
	}
	return strings.Join(refs, ", "), s.Supply.Provide(ctx, refs...)
}

// sources names the images of the sources as this run found them: whoever edits a file meanwhile changes the next run, and
// what was built is what is installed.
func (s *Session) sources(ctx context.Context) (images.Set, error) {
	s.seeing.Lock()
	defer s.seeing.Unlock()
	if s.seen == (images.Set{}) {
		set, err := s.Images.Current(ctx)
		if err != nil {
			return images.Set{}, err
		}
		s.seen = set
	}
	return s.seen, nil
}

// Install installs the app with images of the current sources.
func (s *Session) Install(ctx context.Context) (string, error) {
	set, err := s.sources(ctx)
	if err != nil {
		return "", err
	}
	return s.Release.Install(ctx, release.Settings{Images: set, Host: s.Config.Host, Secrets: s.Config.Secrets.Map()})
}

// Verify makes a user's journey through what Install installed.
func (s *Session) Verify(ctx context.Context) (string, error) {
	set, err := s.sources(ctx)
	if err != nil {
		return "", err
	}
	found, err := s.Reach(ctx)
	if err != nil {
		return "", err
	}
	var note string
	err = found.Hold(ctx, func(ctx context.Context) (err error) {
		note, err = verify.Journey{
			URL: found.URL(s.Config.Host), Address: found.Address,
			BackendVersion: images.Tag(set.Backend), FrontendVersion: images.Tag(set.Frontend),
		}.Run(ctx)
		return err
	})
	if found.Command != "" {
		note += ", through a port-forward that has ended"
	}
	return note, err
}
