// Package ingress makes the cluster serve Ingress objects of the class that the chart uses.
package ingress

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/kube"
	"todo-app/magefiles/internal/report"
)

// Image is the controller's image, as deploy/ingress/traefik.yaml names it.
const Image = "traefik:v3.6.12"

const (
	namespace  = "ingress-traefik"
	deployment = "deployment/traefik"
)

// Controller is Traefik, which serves the class `nginx`.
type Controller struct {
	Kubectl kube.Kubectl
	Root    string // the repository's root
	// Reach waits until the controller answers, and says where.
	Reach func(context.Context) (address string, err error)
}

// Ensure applies the controller's manifest and waits until it answers.
func (c Controller) Ensure(ctx context.Context) (string, error) {
	path := filepath.Join(c.Root, "deploy", "ingress", "traefik.yaml")
	manifest, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading the ingress controller's manifest: %w", err)
	}
	defer manifest.Close()
	kubectl := c.Kubectl
	kubectl.Namespace = namespace
	if _, err := kubectl.Apply(ctx, manifest); err != nil {
		return "", fmt.Errorf("applying %s: %w", path, err)
	}
	report.Progress(ctx, "waiting for Traefik")
	if err := kubectl.Runner.Run(ctx, kubectl.Unbounded("rollout", "status", deployment, "--timeout", "3m")); err != nil {
		return "", fmt.Errorf("waiting for the ingress controller (`kubectl --context %s -n %s describe pods` tells more): %w", kubectl.Context, namespace, err)
	}
	address, err := c.Reach(ctx)
	if err != nil {
		return "", fmt.Errorf("reaching the ingress controller, whose pod is ready: %w", err)
	}
	return "Traefik serves class nginx at " + address, nil
}
