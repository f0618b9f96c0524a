package ingress

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// gatewayClasses is the first kind of the Gateway API: where a cluster knows it, it knows the others.
const gatewayClasses = "customresourcedefinition/gatewayclasses.gateway.networking.k8s.io"

// defineGateways makes the cluster know the kinds of the Gateway API, unless somebody else has done that: then those
// definitions stay as they are, since what runs there besides may need them.
func (t Traefik) defineGateways(ctx context.Context) error {
	found, err := owned.Objects(ctx, t.Kubectl, gatewayClasses)
	if err != nil {
		return fmt.Errorf("looking for the Gateway API: %w", err)
	}
	if len(found) > 0 && !found[0].Applied() {
		return nil
	}
	report.Progress(ctx, "defining the Gateway API")
	definitions, err := t.definitions(ctx)
	if err != nil {
		return fmt.Errorf("getting the definitions of the Gateway API: %w", err)
	}
	if _, err := t.Kubectl.Apply(ctx, bytes.NewReader(definitions)); err != nil {
		return fmt.Errorf("defining the Gateway API: %w", diagnose.Explain(ctx, t.Kubectl, err))
	}
	wait := t.Kubectl.Unbounded("wait", "--for", "condition=Established", "-f", "-", "--timeout", "1m")
	if err := t.Kubectl.Runner.Run(ctx, wait.WithStdin(bytes.NewReader(definitions))); err != nil {
		return fmt.Errorf("waiting until the cluster knows the Gateway API: %w", err)
	}
	return nil
}

// definitions are the Gateway API's own, of the version that Traefik is built with, from the Go module that has them.
func (t Traefik) definitions(ctx context.Context) ([]byte, error) {
	download := runner.Cmd("go", "mod", "download", "-modfile=tools/traefik/go.mod", "-json", "sigs.k8s.io/gateway-api")
	var module struct{ Dir string }
	if err := runner.JSON(ctx, t.Kubectl.Runner, download.In(t.Root), &module); err != nil {
		return nil, err
	}
	folder := filepath.Join(module.Dir, "config", "crd", "standard")
	files, _ := filepath.Glob(filepath.Join(folder, "*.yaml")) // which fails on a malformed pattern only
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has none; `go clean -modcache` makes Go download it again", folder)
	}
	var all [][]byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return bytes.Join(all, []byte("\n---\n")), nil
}

// withGateway is the controller's manifest with what the Gateway API takes.
func (t Traefik) withGateway(ctx context.Context) ([]byte, error) {
	folder := filepath.Join(t.Root, "deploy", "gateway")
	out, err := t.Kubectl.Runner.Output(ctx, runner.Cmd("kubectl", "kustomize", folder))
	if err == nil && out == "" {
		err = errors.New("kubectl printed nothing")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the ingress controller's manifest in %s: %w", folder, err)
	}
	return []byte(out), nil
}

// gatewayObjects are those of the manifest that are of the Gateway API, as kubectl takes them. Other projects have
// gateways, too.
var gatewayObjects = []string{"gatewayclass/" + namespace, "gateways.gateway.networking.k8s.io/traefik"}

// knowsGateways reports whether the cluster knows the Gateway API.
func (t Traefik) knowsGateways(ctx context.Context) (bool, error) {
	known, err := t.Kubectl.Output(ctx, "get", gatewayClasses, "--ignore-not-found", "-o", "name")
	return known != "", err
}
