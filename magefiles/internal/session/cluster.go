package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/offline/recipes"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// newCluster is the cluster that the settings choose.
func newCluster(c config.Config, run runner.Runner, supply *recipes.Supply) (cluster.Provider, error) {
	switch c.Cluster {
	case config.Minikube:
		size := cluster.Size{Memory: c.Memory, CPUs: c.CPUs}
		return &cluster.Minikube{Runner: run, Profile: c.Profile, Namespace: c.Namespace, HTTPPort: c.HTTPPort, Cache: c.Cache,
			Size: size, Kubernetes: recipes.Kubernetes, Root: os.Geteuid() == 0,
			Base: func(ctx context.Context) (string, error) {
				home, err := minikube.Home()
				if err != nil {
					return "", err
				}
				return supply.Minikube(ctx, home)
			}}, cluster.Askable(size)
	case config.Current:
		current, err := kube.CurrentContext(c.Kubeconfigs)
		return cluster.Current{Runner: run, Context: current, Namespace: c.Namespace, Registry: c.Registry}, err
	default:
		return cluster.Kind{Runner: run, Profile: c.Profile, Namespace: c.Namespace, HTTPPort: c.HTTPPort, NodeImage: supply.Node, Cache: c.Cache}, nil
	}
}

// newIngress is the ingress controller of that cluster; inside brings images into it.
func newIngress(c config.Config, provider cluster.Provider, inside *recipes.NodeSupply, reach ingress.Reach) ingress.Controller {
	traefik := ingress.Traefik{Kubectl: provider.Kubectl(), Root: c.Root, Reach: reach}
	switch {
	case c.Cluster == config.Current && c.Ingress.Controller == config.Nginx:
		return ingress.Existing{Kubectl: provider.Kubectl(), Reach: reach}
	case c.Cluster != config.Minikube:
		return traefik
	}
	var options []string
	images, registries := c.Ingress.AddonImages()
	if images != "" {
		options = append(options, "--images="+images)
	}
	if registries != "" {
		options = append(options, "--registries="+registries)
	}
	return ingress.Addon{
		Profile: minikube.Profile{Runner: provider.Kubectl().Runner, Name: c.Profile}, Traefik: traefik,
		Wanted: c.Ingress.Controller, Options: options, Silent: inside.CheckRegistry,
		Provide: func(ctx context.Context, images ...string) error {
			if err := inside.Provide(ctx, images...); err != nil {
				return err
			}
			_, err := provider.Load(ctx, images...)
			return err
		},
	}
}

// BuildsInside tells whether images are built in the cluster's own engine, which therefore comes first.
func (s *Session) BuildsInside() bool { return s.inside != nil }

// Supplies has the images that the cluster will need built on the machine, where no registry will serve them to it and there
// is no cluster yet: building them takes about as long as the cluster does.
func (s *Session) Supplies(ctx context.Context) (string, error) {
	state, err := s.Cluster.State(ctx)
	if err != nil {
		return "", err
	}
	if state == cluster.Running || state == cluster.Stopped || s.Supply.CheckRegistry(ctx) == nil {
		return "not needed", nil
	}
	refs := append(append(images.Bases(), ingress.Image), s.ClusterImages()...)
	return strings.Join(refs, ", "), s.Supply.Provide(ctx, refs...)
}

// ClusterTools are the programs that the cluster takes besides kubectl: kind is a library.
func (s *Session) ClusterTools() []string {
	if s.Config.Cluster == config.Minikube {
		return []string{"minikube"}
	}
	return nil
}

// Confirm makes sure that the user means the cluster that the current kube context leads to: it may be anybody's.
func (s *Session) Confirm(ctx context.Context) error {
	if s.Config.Cluster != config.Current || s.Config.Yes {
		return nil
	}
	err := confirm(s.Cluster.Name(), func(question string) (string, error) { return s.Report.Ask(ctx, os.Stdin, question) })
	if err != nil {
		s.failed(err) // which ends the steps that go on meanwhile
	}
	return err
}

func confirm(name string, ask func(question string) (string, error)) error {
	answer, err := ask(fmt.Sprintf("TODO_CLUSTER=current: use the cluster of the %s? [y/N]", name))
	switch {
	case errors.Is(err, report.ErrNobody):
		return fmt.Errorf("using the cluster of the %s: nobody has confirmed that it is the right one; set TODO_YES=1 if it is, or choose another with `kubectl config use-context`", name)
	case err != nil:
		return err
	case strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes"):
		return nil
	}
	return fmt.Errorf("using the cluster of the %s: it was not confirmed; choose another with `kubectl config use-context`", name)
}
