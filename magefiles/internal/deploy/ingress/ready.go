package ingress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

// available waits until the addon's Deployment has the pods that it wants.
func available(ctx context.Context, kubectl kube.Kubectl, what addon) error {
	report.Progress(ctx, "waiting for %s", what.title)
	err := kubectl.Runner.Run(ctx, kubectl.Unbounded("wait", "--for", "condition=Available", what.deployment, "--timeout", "5m"))
	if err != nil {
		return fmt.Errorf("waiting for the ingress controller (`kubectl --context %s -n %s describe pods` tells more): %w", kubectl.Context, kubectl.Namespace, err)
	}
	return nil
}

// admissionTime is how long it may take from a ready pod until the cluster's network leads to it.
const admissionTime = 2 * time.Minute

// admits waits until the Service of NGINX's admission webhook leads to a pod: until then the cluster refuses every Ingress.
func admits(ctx context.Context, kubectl kube.Kubectl) error {
	err := poll.Until(ctx, 500*time.Millisecond, admissionTime, func() error {
		var slices struct {
			Items []struct {
				Endpoints []struct{ Conditions struct{ Ready *bool } }
			}
		}
		if err := kubectl.Get(ctx, &slices, "endpointslices", "--selector", "kubernetes.io/service-name=ingress-nginx-controller-admission"); err != nil {
			return err
		}
		for _, slice := range slices.Items {
			for _, endpoint := range slice.Endpoints {
				if ready := endpoint.Conditions.Ready; ready == nil || *ready { // unknown counts as ready
					return nil
				}
			}
		}
		return errors.New("its Service leads to no ready pod")
	})
	if err != nil {
		return fmt.Errorf("waiting for the ingress controller's admission webhook (`kubectl --context %s -n %s get endpointslices` tells more): %w", kubectl.Context, kubectl.Namespace, err)
	}
	return nil
}

// class lets minikube's Traefik, which serves all classes of its controller, serve the class that the chart uses.
const class = `{"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"nginx"},"spec":{"controller":"` + traefikController + `"}}`

func classNginx(ctx context.Context, kubectl kube.Kubectl) error {
	if _, err := kubectl.Apply(ctx, strings.NewReader(class)); err != nil {
		return fmt.Errorf("applying the ingress class nginx: %w", err)
	}
	return nil
}
