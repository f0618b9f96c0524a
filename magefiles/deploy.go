//go:build mage

package main

import (
	"context"

	"todo-app/magefiles/internal/session"
)

// Deploy takes the app from these sources to a running, verified deployment.
func Deploy(
	ctx context.Context,
	plan *bool, // print what would be done and about how long it takes, and do nothing
	json *bool, // print an event a line, as docs/json.md describes
) error {
	asEvents(json)
	if orZero(plan) {
		return do(ctx, (*session.Session).PrintPlan)
	}
	needs(ctx, Verify)
	return nil
}

// Watch deploys, and again what changes, as it is saved, with the pods' logs beside it, until Ctrl-C.
func Watch(
	ctx context.Context,
	json *bool, // print an event a line, as docs/json.md describes
) error {
	asEvents(json)
	return do(ctx, func(s *session.Session, ctx context.Context) error {
		return s.Watch(ctx, func(ctx context.Context) error { return try(ctx, Verify) })
	})
}

// Setup makes the Docker Engine, helm, kubectl and minikube ready.
func Setup(ctx context.Context) error {
	needs(ctx, lock)
	needs(ctx, dockerEngine, helm, kubectl, clusterTools)
	return nil
}

// Cluster starts the local Kubernetes cluster, or finds it running.
func Cluster(ctx context.Context) error {
	needs(ctx, kubectl, node)
	return once(ctx, "cluster", (*session.Session).EnsureCluster)
}

// Images builds both images and puts them where pods run.
func Images(ctx context.Context) error {
	needs(ctx, build, Cluster)
	return step(ctx, "images", (*session.Session).LoadImages)
}

// Ingress runs the ingress controller.
func Ingress(ctx context.Context) error {
	needs(ctx, Cluster, ingressImages)
	return once(ctx, "ingress", (*session.Session).EnsureIngress)
}

// Install applies the Secret and the chart and waits for healthy pods.
func Install(ctx context.Context) error {
	needs(ctx, Images, look, guard)
	return step(ctx, "install", (*session.Session).Install)
}

// Hosts maps todo.local to the address where the app answers.
func Hosts(ctx context.Context) error {
	needs(ctx, Ingress, Install)
	return once(ctx, "hosts", (*session.Session).MapHost)
}

// Verify uses the app as a visitor would, through the ingress.
func Verify(ctx context.Context) error {
	needs(ctx, Hosts)
	if err := step(ctx, "verify", (*session.Session).Verify); err != nil {
		return err
	}
	return do(ctx, (*session.Session).Farewell)
}

// lock makes sure of the cluster and waits for another run on it to end.
func lock(ctx context.Context) error { return do(ctx, (*session.Session).Lock) }

// dockerEngine finds the Docker Engine, or installs and starts it.
func dockerEngine(ctx context.Context) error {
	return once(ctx, "engine", (*session.Session).EnsureEngine)
}

// helm finds helm, or builds it. Only install needs it: where it is built, the cluster comes up meanwhile.
func helm(ctx context.Context) error { return once(ctx, "helm", program("helm")) }

// kubectl finds kubectl, or builds it.
func kubectl(ctx context.Context) error { return once(ctx, "kubectl", program("kubectl")) }

// node provides what a new cluster is made from, where there is none yet.
func node(ctx context.Context) error {
	needs(ctx, lock)
	needs(ctx, dockerEngine, clusterTools)
	return once(ctx, "node", (*session.Session).PrepareCluster)
}

// clusterTools finds the programs that the chosen cluster takes, or builds them.
func clusterTools(ctx context.Context) error {
	s, err := session.Current()
	if err != nil || len(s.Cluster.Programs()) == 0 {
		return err
	}
	return once(ctx, "minikube", (*session.Session).EnsureClusterPrograms)
}

// ingressImages brings the images of the ingress controller's pods, where they are not pulled.
func ingressImages(ctx context.Context) error {
	s, err := session.Current()
	if err == nil && len(s.Ingress.Images()) > 0 {
		needs(ctx, Images)
	}
	return err
}

// look looks at what is installed, while images are built and the ingress controller is made ready.
func look(ctx context.Context) error {
	needs(ctx, Cluster, helm)
	return do(ctx, (*session.Session).Look)
}

// guard makes an ingress controller ready without which the chart cannot be applied.
func guard(ctx context.Context) error {
	s, err := session.Current()
	if err == nil && s.Ingress.Guards() {
		needs(ctx, Ingress)
	}
	return err
}

// builder makes the engine ready that images are built in: the cluster's own, or the machine's, which needs no cluster.
func builder(ctx context.Context) error {
	needs(ctx, lock)
	needs(ctx, dockerEngine)
	s, err := session.Current()
	if err == nil && s.BuildsInNode() {
		needs(ctx, Cluster, supplies)
	}
	return err
}

// supplies builds on the machine, while a new cluster comes up, what that will need and no registry serves.
func supplies(ctx context.Context) error {
	needs(ctx, lock)
	needs(ctx, dockerEngine)
	return once(ctx, "supplies", (*session.Session).ProvideSupplies)
}

// bases provides the images that the app's images and its pods start from.
func bases(ctx context.Context) error {
	needs(ctx, builder)
	return once(ctx, "bases", (*session.Session).ProvideBases)
}

// build builds the app's images.
func build(ctx context.Context) error {
	needs(ctx, bases)
	return step(ctx, "build", (*session.Session).BuildImages)
}
