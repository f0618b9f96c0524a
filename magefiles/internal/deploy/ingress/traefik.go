package ingress

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/deploy/drift"
	"todo-app/magefiles/internal/deploy/inputs"
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
	Gateway bool   // it serves the Gateway API besides
	Kept    inputs.Store
}

var _ Controller = Traefik{}

func (t Traefik) Images() []string { return []string{Image} }

// Guards implements Controller: the chart's HTTPRoute is of a kind that Ensure defines.
func (t Traefik) Guards() bool { return t.Gateway }

// Ensure applies the controller's manifest, where what runs is not as that describes it, and waits until its pod is
// ready.
func (t Traefik) Ensure(ctx context.Context) (string, error) {
	there, err := t.objects(ctx)
	if err != nil {
		return "", err
	}
	return t.ensure(ctx, there)
}

// ensure is Ensure where objects has found those.
func (t Traefik) ensure(ctx context.Context, there present) (string, error) {
	manifest, err := t.manifest(ctx)
	if err == nil {
		err = t.check(there)
	}
	if err != nil {
		return "", err
	}
	if t.Gateway {
		if err := t.defineGateways(ctx); err != nil {
			return "", err
		}
	}
	kubectl, printed := t.kubectl(), there.printed
	if len(there.objects) == 0 || !drift.Of(ctx, kubectl, t.Kept, string(manifest), printed).None() {
		if printed, err = kubectl.Apply(ctx, bytes.NewReader(manifest), "-o", "json"); err != nil {
			return "", fmt.Errorf("applying the ingress controller's manifest: %w", diagnose.Explain(ctx, kubectl, err))
		}
	}
	if !rolledOut(printed) {
		report.Progress(ctx, "waiting for Traefik")
		err = diagnose.Pods{Kubectl: kubectl, Selector: selector}.During(ctx, func(ctx context.Context) error {
			return kubectl.Runner.Run(ctx, kubectl.Unbounded("rollout", "status", deployment, "--timeout", "3m"))
		})
	}
	if err != nil {
		return "", fmt.Errorf("waiting for the ingress controller (`kubectl --context %s -n %s describe pods` tells "+
			"more): %w", kubectl.Context, namespace, err)
	}
	if t.Gateway {
		return "Traefik serves the Gateway API", nil
	}
	return "Traefik serves class nginx", nil
}

// rolledOut reports whether the Deployment among the objects that kubectl has printed has all the pods that it wants,
// as `kubectl rollout status` reads it.
func rolledOut(objects string) bool {
	var list struct {
		Items []struct {
			Kind     string
			Metadata struct{ Generation int }
			Spec     struct{ Replicas int }
			Status   struct{ ObservedGeneration, Replicas, UpdatedReplicas, AvailableReplicas int }
		}
	}
	if json.Unmarshal([]byte(objects), &list) != nil {
		return false
	}
	for _, o := range list.Items {
		if o.Kind == "Deployment" {
			return o.Status.ObservedGeneration >= o.Metadata.Generation && o.Status.UpdatedReplicas >= o.Spec.Replicas &&
				o.Status.Replicas <= o.Status.UpdatedReplicas && o.Status.AvailableReplicas >= o.Status.UpdatedReplicas
		}
	}
	return false
}

func (t Traefik) manifest(ctx context.Context) ([]byte, error) {
	if t.Gateway {
		return t.withGateway(ctx)
	}
	text, err := os.ReadFile(filepath.Join(t.Root, "deploy", "ingress", "traefik.yaml"))
	if err != nil {
		return nil, fmt.Errorf("reading the ingress controller's manifest: %w", err)
	}
	return text, nil
}

func (t Traefik) Forward(_ context.Context, port int) (address.Candidate, error) {
	return address.PortForward(t.kubectl(), deployment, port, 8080), nil
}

// kubectl works in the controller's namespace.
func (t Traefik) kubectl() kube.Kubectl {
	kubectl := t.Kubectl
	kubectl.Namespace = namespace
	return kubectl
}

// present are objects of the manifest that are there, and how kubectl has printed them.
type present struct {
	objects []owned.Object
	printed string
}

// objects reads those of the manifest that are there.
func (t Traefik) objects(ctx context.Context) (there present, err error) {
	names := slices.Clone(objects)
	if t.Gateway {
		known, err := t.knowsGateways(ctx)
		if err != nil {
			return present{}, fmt.Errorf("looking for an ingress controller: %w", err)
		}
		if known {
			names = append(names, gatewayObjects...)
		}
	}
	there.printed, err = t.kubectl().Output(ctx, append(append([]string{"get"}, names...), "--ignore-not-found",
		"--show-managed-fields", "-o", "json")...)
	if err == nil {
		there.objects, err = owned.Read(there.printed)
	}
	if err != nil {
		err = fmt.Errorf("looking for an ingress controller: %w", err)
	}
	return there, err
}

// objects are those of the manifest, as kubectl takes them.
var objects = []string{
	"namespace/" + namespace,
	"clusterrole/" + namespace,
	"clusterrolebinding/" + namespace,
	"ingressclass/" + chart.IngressClass,
	"serviceaccount/traefik",
	"configmap/traefik",
	deployment,
}

// Check implements Controller: it makes sure that no other controller serves the class, since both would want port 80
// of the node, and that nothing of the manifest is somebody else's.
func (t Traefik) Check(ctx context.Context) error {
	there, err := t.objects(ctx)
	if err != nil {
		return err
	}
	return t.check(there)
}

func (t Traefik) check(there present) error {
	var foreign []error
	for _, o := range there.objects {
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
	there, err := t.objects(ctx)
	if err != nil {
		return "", err
	}
	var ours []string
	for _, o := range there.objects {
		if o.Made() && o.Metadata.Namespace == "" { // what is in the namespace goes with it
			ours = append(ours, strings.ToLower(o.Kind)+"/"+o.Metadata.Name)
		}
	}
	if len(ours) == 0 {
		return "", nil
	}
	used, err := t.users(ctx, slices.Contains(ours, "gatewayclass/"+namespace))
	if err != nil {
		return "", fmt.Errorf("looking whether the ingress controller is used: %w", err)
	}
	if used != "" {
		return "; Traefik stays for " + used, nil
	}
	remove := append([]string{"delete", "--ignore-not-found", "--wait=false"}, ours...)
	if _, err := t.Kubectl.Output(ctx, remove...); err != nil {
		return "", fmt.Errorf("removing the ingress controller: %w", err)
	}
	return "; removed Traefik", nil
}

// users names the Ingresses of the class, and the HTTPRoutes of the Gateway, where there is one.
func (t Traefik) users(ctx context.Context, gateway bool) (string, error) {
	list := func(kind, condition string) (string, error) {
		return t.Kubectl.Output(ctx, "get", kind, "--all-namespaces", "-o",
			"jsonpath={range .items[?(@.spec."+condition+")]}{.metadata.namespace}/{.metadata.name} {end}")
	}
	used, err := list("ingresses", `ingressClassName=="`+chart.IngressClass+`"`)
	if err == nil && gateway {
		var routes string
		routes, err = list("httproutes", `parentRefs[0].namespace=="`+namespace+`"`)
		used += routes
	}
	return strings.TrimSpace(used), err
}
