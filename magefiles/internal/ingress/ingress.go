// Package ingress makes the cluster serve Ingress objects of the class that the chart uses, `nginx`.
package ingress

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"todo-app/magefiles/internal/kube"
)

// Controller serves the class.
type Controller interface {
	// Ensure makes it run and waits until it answers. The note says who serves, and why where that is another one than asked.
	Ensure(ctx context.Context) (note string, err error)
	// Images are what its pods run, for those that must be in the cluster before.
	Images() []string
	// Guards tells whether it checks Ingresses when they are applied, so that it must be ready before the chart is.
	Guards() bool
}

// The controllers as IngressClasses name them.
const (
	traefikController = "traefik.io/ingress-controller"
	nginxController   = "k8s.io/ingress-nginx"
)

// servedBy names the controller of the class; "" where there is no such class.
func servedBy(ctx context.Context, kubectl kube.Kubectl) (string, error) {
	controller, err := kubectl.Output(ctx, "get", "ingressclass", "nginx", "--ignore-not-found", "-o", "jsonpath={.spec.controller}")
	if err != nil {
		return "", fmt.Errorf("looking for the ingress class nginx: %w", err)
	}
	return controller, nil
}

func at(address string) string {
	if address == "" {
		return ""
	}
	return " at " + address
}

// answers waits for any HTTP answer: that there is no app yet is no concern of the controller's.
func answers(ctx context.Context, address string) error {
	if address == "" {
		return nil
	}
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{Proxy: nil}}
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		req, err := http.NewRequestWithContext(ctx, "GET", "http://"+address+"/", nil)
		if err != nil {
			return struct{}{}, backoff.Permanent(err)
		}
		res, err := client.Do(req)
		if err == nil {
			err = res.Body.Close()
		}
		return struct{}{}, err
	}, backoff.WithBackOff(backoff.NewConstantBackOff(300*time.Millisecond)), backoff.WithMaxElapsedTime(time.Minute))
	if err != nil {
		return fmt.Errorf("reaching the ingress controller at %s: its pod is ready but the port does not lead to it: %w", address, err)
	}
	return nil
}

// Existing is a controller that a cluster has already, and that this project leaves as it is.
type Existing struct{ Kubectl kube.Kubectl }

var _ Controller = Existing{}

// Images implements Controller.
func (e Existing) Images() []string { return nil }

// Guards implements Controller.
func (e Existing) Guards() bool { return true }

// Ensure implements Controller.
func (e Existing) Ensure(ctx context.Context) (string, error) {
	controller, err := servedBy(ctx, e.Kubectl)
	if err == nil && controller == "" {
		err = fmt.Errorf("looking for the ingress class nginx: the cluster of the kube context %q has none; install ingress-nginx there, or leave TODO_INGRESS unset for Traefik, which serves the same class", e.Kubectl.Context)
	}
	return controller + " serves class nginx", err
}
