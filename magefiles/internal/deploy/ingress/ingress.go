// Package ingress makes the cluster serve Ingress objects of the class that the chart uses.
package ingress

import (
	"context"
	"fmt"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/kube"
)

// Controller serves the class.
type Controller interface {
	// Ensure makes it run and waits until its pods are ready. The note says who serves, and why if not the one asked
	// for.
	Ensure(ctx context.Context) (note string, err error)
	// Check reports what in the cluster Ensure would refuse, without changing anything.
	Check(ctx context.Context) error
	// Remove takes a controller away that Ensure has brought, unless somebody uses it. The note says what was done.
	Remove(ctx context.Context) (note string, err error)
	// Images are what its pods run, for those that must be in the cluster before.
	Images() []string
	// Forward leads port of this machine to it, where nothing else does.
	Forward(ctx context.Context, port int) (address.Candidate, error)
	// Guards reports whether the chart can be applied only once it is ready, as it checks Ingresses, or defines HTTPRoutes.
	Guards() bool
}

// traefikController is Traefik as IngressClasses name it.
const traefikController = "traefik.io/ingress-controller"

// classController names the controller of the class; "" where there is no such class.
func classController(ctx context.Context, kubectl kube.Kubectl) (string, error) {
	controller, err := kubectl.Output(ctx, "get", "ingressclass", chart.IngressClass, "--ignore-not-found",
		"-o", "jsonpath={.spec.controller}")
	if err != nil {
		return "", fmt.Errorf("looking for the ingress class nginx: %w", err)
	}
	return controller, nil
}

// Existing is a controller that a cluster has already, and that this project leaves as it is.
type Existing struct {
	Kubectl kube.Kubectl
}

var _ Controller = Existing{}

// Check implements Controller.
func (e Existing) Check(ctx context.Context) error { _, err := e.Ensure(ctx); return err }

// Remove implements Controller: it was there before.
func (e Existing) Remove(context.Context) (string, error) { return "", nil }

// Images implements Controller.
func (e Existing) Images() []string { return nil }

func (e Existing) Guards() bool { return true }

func (e Existing) Forward(_ context.Context, port int) (address.Candidate, error) {
	return nginx.forward(e.Kubectl, port), nil
}

func (e Existing) Ensure(ctx context.Context) (string, error) {
	controller, err := classController(ctx, e.Kubectl)
	if err == nil && controller == "" {
		err = fmt.Errorf("looking for the ingress class nginx: the cluster of the kube context %q has none; "+
			"install ingress-nginx there, or leave TODO_INGRESS unset for Traefik, which serves the same class", e.Kubectl.Context)
	}
	if err != nil {
		return "", err
	}
	return controller + " serves class nginx", nil
}
