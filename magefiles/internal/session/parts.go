package session

import (
	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/engine"
	"todo-app/magefiles/internal/deploy/hosts"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/programs"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/offline/dockerd"
	"todo-app/magefiles/internal/offline/recipes"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// newDeployment puts the parts of a deployment together, and fills what deploy leaves open with what offline builds.
func newDeployment(c config.Config, r *report.Reporter, run runner.Exec) (*deploy.Deployment, error) {
	here := machine.This()
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
		Host:     images.Builder{Runner: run, Root: c.Root, CABundle: c.CABundle},
		Release:  release.Release{Runner: run, Kubectl: provider.Kubectl(), Root: c.Root},
		Hosts:    hosts.This(run, c.HostsFile),
	}
	d.Images = d.Host
	d.Images.Registry = provider.Registry()
	var node *recipes.NodeSupply
	if inner, ok := provider.(cluster.DockerNode); ok {
		d.Images.Runner = inner.NodeRunner()
		node = supply.ForNode(inner.NodeRunner(), inner.Send)
		d.Node = node
	}
	d.Ingress = newIngress(c, provider, node)
	d.Address = &address.Finder{
		Host: c.Host, Shared: d.Hosts.System == hosts.WSL, Cluster: provider, Ingress: d.Ingress, App: d.Release,
		Port: c.HTTPPort,
	}
	return d, nil
}
