// Package ingress makes the cluster serve Ingress objects of the class that the chart uses.
package ingress

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/cenkalti/backoff/v5"

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
	Address string // host:port that leads to it
}

// Ensure applies the controller's manifest and waits until it answers at its address.
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
	if err := c.answers(ctx); err != nil {
		return "", fmt.Errorf("reaching the ingress controller at %s: its pod is ready but the port does not lead to it: %w", c.Address, err)
	}
	return "Traefik serves class nginx at " + c.Address, nil
}

// answers waits for any HTTP answer: that there is no app yet is no concern of the controller's.
func (c Controller) answers(ctx context.Context) error {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{Proxy: nil}}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+c.Address+"/", nil)
		if err != nil {
			return struct{}{}, backoff.Permanent(err)
		}
		res, err := client.Do(req)
		if err == nil {
			err = res.Body.Close()
		}
		return struct{}{}, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(300*time.Millisecond)), backoff.WithMaxElapsedTime(time.Minute))
	return err
}
