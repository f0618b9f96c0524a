package session

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/cluster/current"
	"todo-app/magefiles/internal/deploy/cluster/kind"
	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/deploy/engine"
	"todo-app/magefiles/internal/deploy/hosts"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/programs"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/offline/dockerd"
	"todo-app/magefiles/internal/offline/recipes"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/versions"
)

// newDeployment puts the parts of a deployment together, and fills what deploy leaves open with what offline builds.
func newDeployment(c config.Config, r *report.Reporter, run runner.Exec) (*deploy.Deployment, error) {
	here := machine.This()
	kept := inputs.Store{Folder: filepath.Join(c.Cache, "inputs")}
	compiler := compile.New(run, c.Root, c.Cache)
	supply := recipes.New(run, compiler, c.Root, c.Cache, recipes.Mode(c.RegistryFree))
	provider, err := newCluster(c, run, supply)
	if err != nil {
		return nil, err
	}
	d := &deploy.Deployment{
		Config: c, Report: r, Runner: run,
		Engine: &engine.Engine{
			Runner: run, Cache: c.Cache, Host: runner.Getenv(run.Env, "DOCKER_HOST"), Machine: here,
			Starter: &dockerd.Daemon{Runner: run, Cache: c.Cache, Machine: here},
		},
		Programs: programs.Finder{Runner: run, Builder: compiler, LookPath: run.LookPath},
		Supply:   supply,
		Cluster:  provider,
		Host:     images.Builder{Runner: run, Root: c.Root, CABundle: c.CABundle, Kept: kept, Answers: new(sync.Map)},
		Release:  release.Release{Runner: run, Kubectl: provider.Kubectl(), Root: c.Root, Kept: kept},
		Hosts:    hosts.This(run, c.HostsFile),
	}
	d.Hosts.Owner = hosts.Owner(c.Namespace, provider.Kubectl().Context)
	d.Images = d.Host
	d.Images.Answers = new(sync.Map) // of an engine that may be another
	d.Images.Registry = provider.Registry()
	var node *recipes.NodeSupply
	if inner, ok := provider.(cluster.DockerNode); ok {
		d.Images.Runner = inner.NodeRunner()
		node = supply.ForNode(inner.NodeRunner(), inner.Send)
		d.Node = node
	}
	d.Ingress = newIngress(c, provider, node, kept)
	if own, ok := provider.(*kind.Cluster); ok {
		own.Images = d.ImagesThere
	}
	d.Address = &address.Finder{
		Host: c.Host, Shared: d.Hosts.System == hosts.WSL, Cluster: provider, Ingress: d.Ingress, App: d.Release,
		Port: c.HTTPPort,
	}
	return d, nil
}

// newCluster is the cluster that the settings choose.
func newCluster(c config.Config, run runner.Exec, supply *recipes.Supply) (cluster.Provider, error) {
	local := cluster.Local{
		Runner: run, Profile: c.Profile, Namespace: c.Namespace, HTTPPort: c.HTTPPort, Cache: c.Cache,
		Kubeconfigs: c.Kubeconfigs,
	}
	switch c.Cluster {
	case config.Minikube:
		size := cluster.Size{Memory: c.Memory, CPUs: c.CPUs}
		home, err := minikube.Home()
		if err == nil {
			err = cluster.CheckSize(size)
		}
		return &minikube.Cluster{
			Local:      local,
			Size:       size,
			Kubernetes: versions.Kubernetes,
			Root:       os.Geteuid() == 0,
			Home:       home,
			Base:       func(ctx context.Context) (string, error) { return supply.Minikube(ctx, home) },
		}, err
	case config.Current:
		name, err := kube.CurrentContext(c.Kubeconfigs)
		return &current.Cluster{Runner: run, Context: name, Namespace: c.Namespace, Images: c.Registry}, err
	default:
		return &kind.Cluster{Local: local, NodeImage: supply.Node, Env: run.Env, Nodes: c.Nodes}, nil
	}
}

// newIngress is the ingress controller of that cluster; node brings images into it.
func newIngress(
	c config.Config, provider cluster.Provider, node *recipes.NodeSupply, kept inputs.Store,
) ingress.Controller {
	gateway := c.Ingress.Controller == config.Gateway
	traefik := ingress.Traefik{Kubectl: provider.Kubectl(), Root: c.Root, Gateway: gateway, Kept: kept}
	own, ok := provider.(*minikube.Cluster)
	switch {
	case c.Cluster == config.Current && c.Ingress.Controller == config.Nginx:
		return ingress.Existing{Kubectl: provider.Kubectl()}
	case !ok:
		return traefik
	}
	return ingress.Addon{
		Profile: minikube.Profile{Runner: provider.Kubectl().Runner, Name: c.Profile, Home: own.Home}, Traefik: traefik,
		Wanted: c.Ingress.Controller, Options: c.Ingress.AddonOptions(), CheckRegistry: node.CheckRegistry,
		Provide: func(ctx context.Context, images ...string) error {
			if err := node.Provide(ctx, images...); err != nil {
				return err
			}
			_, err := provider.Load(ctx, images...)
			return err
		},
	}
}
