// Package versions holds the versions of the programs that the project is made for, and builds where they are missing.
package versions

// The versions.
const (
	// Helm is the last release with the client-go of Kubernetes 1.34: both share most of what they are compiled from.
	Helm       = "v4.0.5"
	Kubernetes = "v1.34.4"
	Minikube   = "v1.38.1"
	Traefik    = "v3.6.12" // as deploy/ingress/traefik.yaml has it
)

// The images that the app's own start from.
const (
	PythonImage = "python:3.11-slim"
	NodeImage   = "node:24-slim"
)
