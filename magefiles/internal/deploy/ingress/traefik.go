package ingress

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/versions"
)

// Image is the controller's image.
const Image = "traefik:" + versions.Traefik

const (
	namespace  = "ingress-traefik"
	deployment = "deployment/traefik"
)

// Traefik serves the class from the project's own manifest.
type Traefik struct {
	Kubectl kube.Kubectl
	Root    string // the repository's root
}

var _ Controller = Traefik{}

func (t Traefik) Images() []string { return []string{Image} }

func (t Traefik) Guards() bool { return false }

// Ensure applies the controller's manifest and waits until its pod is ready.
func (t Traefik) Ensure(ctx context.Context) (string, error) {
	path := filepath.Join(t.Root, "deploy", "ingress", "traefik.yaml")
	manifest, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading the ingress controller's manifest: %w", err)
	}
	defer manifest.Close()
	if err := t.checkNoOther(ctx); err != nil {
		return "", err
	}
	kubectl := t.Kubectl
	kubectl.Namespace = namespace
	if _, err := kubectl.Apply(ctx, manifest); err != nil {
		return "", fmt.Errorf("applying %s: %w", path, err)
	}
	report.Progress(ctx, "waiting for Traefik")
	if err := kubectl.Runner.Run(ctx, kubectl.Unbounded("rollout", "status", deployment, "--timeout", "3m")); err != nil {
		return "", fmt.Errorf("waiting for the ingress controller (`kubectl --context %s -n %s describe pods` tells "+
			"more): %w", kubectl.Context, namespace, err)
	}
	return "Traefik serves class nginx", nil
}

func (t Traefik) Forward(_ context.Context, port int) (address.Candidate, error) {
	kubectl := t.Kubectl
	kubectl.Namespace = namespace
	return address.PortForward(kubectl, deployment, port, 8080), nil
}

// checkNoOther makes sure that no other controller serves the class: both would want port 80 of the node.
func (t Traefik) checkNoOther(ctx context.Context) error {
	switch other, err := classController(ctx, t.Kubectl); {
	case err != nil:
		return err
	case other != "" && other != traefikController:
		return fmt.Errorf("setting up Traefik: %s serves class nginx already, and both would want port 80 of the "+
			"node; set TODO_INGRESS=nginx to use that one, or remove it first", other)
	}
	return nil
}
