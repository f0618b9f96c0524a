// Package chart holds what the Go code and the Helm chart in todo-app must agree on. Its tests compare it with what the
// chart renders, and with what the images are built to be.
package chart

import (
	"fmt"
	"path/filepath"
	"time"

	"sigs.k8s.io/yaml"
)

// Release is the name under which the chart is installed. The names of its objects begin with it.
const Release = "todo-app"

// Selector chooses the release's objects by their labels.
const Selector = "app.kubernetes.io/instance=" + Release

// The components, as the names of their objects end, and as their labels and containers say.
const (
	Backend  = "backend"
	Frontend = "frontend"
	Postgres = "postgres"
)

// The ports of the components' Services and containers.
const (
	BackendPort  = 8000
	FrontendPort = 3000
	PostgresPort = 5432
)

// The images: the app's own without a tag, and what runs the embedded database.
const (
	BackendImage  = "todo-backend"
	FrontendImage = "todo-frontend"
	PostgresImage = "postgres:15-bookworm"
)

// IngressClass is the class of the Ingress, which the ingress controller has to serve.
const IngressClass = "nginx"

// Gateway is the Gateway of deploy/gateway, in its namespace, which the HTTPRoute has as its parent.
const (
	Gateway          = "traefik"
	GatewayNamespace = "ingress-traefik"
)

// The keys of the Secret that lead to the database: the app's, and that of migrations where it is another.
const (
	DatabaseURL       = "DATABASE_URL"
	DirectDatabaseURL = "DIRECT_DATABASE_URL"
)

// FrontendCache is the folder that the frontend writes to, besides /tmp.
const FrontendCache = "/app/.next/cache"

// TerminationGrace is how long the app's pods may take to end.
const TerminationGrace = 40 * time.Second

// Migrate is the command by which the backend's image migrates the database.
var Migrate = []string{"python", "-m", "app.migrate"}

// Folder is the chart's in the repository at root.
func Folder(root string) string { return filepath.Join(root, "deploy", "helm", "todo-app") }

// Object is the name of a component's Deployment or StatefulSet, and of its Service.
func Object(component string) string { return Release + "-" + component }

// ComponentSelector chooses a component's objects by their labels.
func ComponentSelector(component string) string {
	return Selector + ",app.kubernetes.io/component=" + component
}

// BackendTemplate renders the backend's Deployment.
const BackendTemplate = "templates/backend-deployment.yaml"

// MigrationPod returns a pod's spec that does what the rendered backend does before it serves, and nothing else.
func MigrationPod(deployment string) (map[string]any, error) {
	var rendered struct {
		Spec struct {
			Template struct{ Spec map[string]any }
		}
	}
	if err := yaml.Unmarshal([]byte(deployment), &rendered); err != nil {
		return nil, fmt.Errorf("reading the backend's Deployment: %w", err)
	}
	spec := rendered.Spec.Template.Spec
	containers, _ := spec["containers"].([]any)
	if len(containers) != 1 {
		return nil, fmt.Errorf("reading the backend's Deployment: its pods have %d containers, not one", len(containers))
	}
	container, _ := containers[0].(map[string]any)
	for _, serving := range []string{"ports", "startupProbe", "livenessProbe", "readinessProbe", "lifecycle"} {
		delete(container, serving)
	}
	container["command"] = Migrate
	spec["restartPolicy"] = "Never"
	delete(spec, "serviceAccountName") // there is none before the first install
	delete(spec, "topologySpreadConstraints")
	return spec, nil
}
