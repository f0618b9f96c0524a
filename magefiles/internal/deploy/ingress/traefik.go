package ingress

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/versions"
)

// Image is the controller's image.
const Image = "traefik:" + versions.Traefik

const (
	namespace  = "ingress-traefik"
	deployment = "deployment/traefik"
	selector   = "app.kubernetes.io/name=traefik"
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
	if err := t.Check(ctx); err != nil {
		return "", err
	}
	kubectl := t.Kubectl
	kubectl.Namespace = namespace
	if _, err := kubectl.Apply(ctx, manifest); err != nil {
		return "", fmt.Errorf("applying %s: %w", path, diagnose.Explain(ctx, kubectl, err))
	}
	report.Progress(ctx, "waiting for Traefik")
	err = diagnose.Pods{Kubectl: kubectl, Selector: selector}.During(ctx, func(ctx context.Context) error {
		return kubectl.Runner.Run(ctx, kubectl.Unbounded("rollout", "status", deployment, "--timeout", "3m"))
	})
	if err != nil {
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

// objects are those of the manifest that hold the others or are the whole cluster's.
var objects = []string{
	"namespace/" + namespace,
	"clusterrole/" + namespace,
	"clusterrolebinding/" + namespace,
	"ingressclass/" + chart.IngressClass,
}

// Check implements Controller: it makes sure that no other controller serves the class, since both would want port 80
// of the node, and that nothing of the manifest is somebody else's.
func (t Traefik) Check(ctx context.Context) error {
	found, err := owned.Objects(ctx, t.Kubectl, objects...)
	if err != nil {
		return fmt.Errorf("looking for an ingress controller: %w", err)
	}
	var foreign []error
	for _, o := range found {
		if o.Controller != "" && o.Controller != traefikController {
			return fmt.Errorf(
				"setting up Traefik: %s serves class nginx already, and both would want port 80 of the node; "+
					"set TODO_INGRESS=nginx to use that one, or remove it first",
				o.Controller,
			)
		}
		if !o.Made() {
			foreign = append(
				foreign,
				o.Foreign(t.Kubectl.Context, "TODO_INGRESS=nginx (the controller that is there serves) or TODO_CLUSTER"),
			)
		}
	}
	return errors.Join(foreign...)
}

// Remove implements Controller.
func (t Traefik) Remove(ctx context.Context) (string, error) {
	found, err := owned.Objects(ctx, t.Kubectl, objects...)
	if err != nil {
		return "", fmt.Errorf("looking for the ingress controller: %w", err)
	}
	var ours []string
	for _, o := range found {
		if o.Made() {
			ours = append(ours, strings.ToLower(o.Kind)+"/"+o.Metadata.Name)
		}
	}
	if len(ours) == 0 {
		return "", nil
	}
	used, err := t.Kubectl.Output(
		ctx,
		"get",
		"ingresses",
		"--all-namespaces",
		"-o",
		`jsonpath={range .items[?(@.spec.ingressClassName=="`+chart.IngressClass+`")]}`+
			`{.metadata.namespace}/{.metadata.name} {end}`,
	)
	if err != nil {
		return "", fmt.Errorf("looking whether the ingress controller is used: %w", err)
	}
	if used != "" {
		return "; Traefik stays for " + strings.TrimSpace(used), nil
	}
	remove := append([]string{"delete", "--ignore-not-found", "--wait=false"}, ours...)
	if _, err := t.Kubectl.Output(ctx, remove...); err != nil {
		return "", fmt.Errorf("removing the ingress controller: %w", err)
	}
	return "; removed Traefik", nil
}
