package ingress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Addon serves the class by an addon of minikube's, or by the project's own Traefik where no registry serves the
// addon's images or minikube has no such addon.
type Addon struct {
	Profile       minikube.Profile
	Traefik       Traefik
	Wanted        string                                            // "nginx", "traefik" or "gateway"
	Options       []string                                          // of the addon ingress: where its images come from
	CheckRegistry func(context.Context) error                       // why no registry serves images; nil where one does
	Provide       func(ctx context.Context, images ...string) error // brings images into the cluster
}

var _ Controller = Addon{}

// Images implements Controller. Which ones are needed is known once the cluster can be asked: Ensure brings them.
func (a Addon) Images() []string { return nil }

// Check implements Controller: the cluster, and so all that serves in it, is the project's own.
func (a Addon) Check(context.Context) error { return nil }

// Remove implements Controller: it goes with the cluster.
func (a Addon) Remove(context.Context) (string, error) { return "", nil }

// Guards implements Controller.
func (a Addon) Guards() bool { return true }

// addon is one of minikube's: what it is called, and what it runs.
type addon struct {
	name, title, namespace, deployment, selector string

	port int // of its pods, for HTTP
}

var (
	nginx = addon{"ingress", "NGINX", "ingress-nginx", "deployment/ingress-nginx-controller",
		"app.kubernetes.io/name=ingress-nginx", 80}
	// ownTraefik comes with minikube 1.39 and later.
	ownTraefik = addon{"traefik", "minikube's Traefik", "kube-system", "deployment/traefik",
		"app.kubernetes.io/name=traefik", 8000}
)

func (a Addon) Ensure(ctx context.Context) (string, error) {
	addons, err := a.addons(ctx)
	if err != nil {
		return "", err
	}
	there, err := a.Traefik.objects(ctx)
	if err != nil {
		return "", err
	}
	manifest, substitute := deployed(there)
	found := situation{addons: addons, manifest: manifest, substitute: substitute, profile: a.Profile.Name}
	next, err := found.choose(a.Wanted)
	if err != nil {
		return "", fmt.Errorf("setting up the ingress controller: %w", err)
	}
	switch next {
	case keepTraefik:
		note, err := a.Traefik.ensure(ctx, there)
		return note + instead(a.Wanted, "no registry answered when it was set up"), err
	case keepAddon:
		return a.serve(ctx, a.addon(), true)
	case ownManifest:
		return a.substitute(ctx, there, "")
	}
	if len(a.Options) == 0 { // with images of one's own, the user knows where they come from
		why := a.CheckRegistry(ctx)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if why != nil {
			return a.substitute(ctx, there, why.Error())
		}
	}
	return a.serve(ctx, a.addon(), false)
}

// addons are minikube's, and whether each is enabled. Which ones it knows tells only minikube itself.
func (a Addon) addons(ctx context.Context) (map[string]bool, error) {
	if a.Wanted == "traefik" {
		return a.Profile.Addons(ctx)
	}
	config, _, err := a.Profile.Config()
	return config.Addons, err
}

func (a Addon) addon() addon {
	if a.Wanted == "nginx" {
		return nginx
	}
	return ownTraefik
}

// instead says that Traefik serves although NGINX was wanted.
func instead(wanted, why string) string {
	if wanted != "nginx" || why == "" {
		return ""
	}
	return " instead of NGINX: " + why
}

// substituteFor is an annotation of Traefik's namespace where Traefik stands for a controller that could not be had.
const substituteFor = "todo-app/substitute-for"

// deployed reports whether the project's own Traefik is there, and for which controller it stands, if for
// one.
func deployed(there present) (manifest bool, substitute string) {
	for _, o := range there.objects {
		if o.Kind == "Namespace" {
			return true, o.Metadata.Annotations[substituteFor]
		}
	}
	return false, ""
}

// substitute runs the project's own Traefik, of which objects may be there; why is the reason where another controller was
// wanted.
func (a Addon) substitute(ctx context.Context, there present, why string) (string, error) {
	if err := a.Provide(ctx, a.Traefik.Images()...); err != nil {
		return "", err
	}
	note, err := a.Traefik.ensure(ctx, there)
	if err != nil || a.Wanted != "nginx" {
		return note, err
	}
	_, err = a.Traefik.Kubectl.Output(ctx, "annotate", "namespace", namespace, "--overwrite", substituteFor+"=nginx")
	if err != nil {
		return "", fmt.Errorf("noting that Traefik stands for NGINX: %w", err)
	}
	return note + instead(a.Wanted, why), nil
}

// serve enables an addon where that is to be done, and waits until it is ready in truth, which minikube does not.
func (a Addon) serve(ctx context.Context, what addon, enabled bool) (string, error) {
	kubectl := a.Traefik.Kubectl
	kubectl.Namespace = what.namespace
	err := diagnose.Pods{Kubectl: kubectl, Selector: what.selector}.During(ctx, func(ctx context.Context) error {
		if enabled {
			err := waitAvailable(ctx, kubectl, what)
			if err == nil || !strings.Contains(strings.ToLower(runner.Output(err)), "not found") {
				return err
			}
		}
		report.Progress(ctx, "enabling minikube's addon %s", what.name)
		var options []string
		if what == nginx {
			options = a.Options
		}
		if err := a.Profile.Enable(ctx, what.name, options...); err != nil {
			return err
		}
		return waitAvailable(ctx, kubectl, what)
	})
	if err != nil {
		return "", fmt.Errorf("starting the ingress controller: %w%s", diagnose.Explain(ctx, kubectl, err), fromElsewhere(err, what))
	}
	if what == nginx {
		err = waitForWebhook(ctx, kubectl)
	} else if _, err = kubectl.Apply(ctx, strings.NewReader(class)); err != nil {
		err = fmt.Errorf("applying the ingress class nginx: %w", err)
	}
	if err != nil {
		return "", err
	}
	return what.title + " serves class nginx", nil
}

// forward leads port of this machine to the addon's controller.
func (what addon) forward(kubectl kube.Kubectl, port int) address.Candidate {
	kubectl.Namespace = what.namespace
	return address.PortForward(kubectl, what.deployment, port, what.port)
}

func (a Addon) Forward(ctx context.Context, port int) (address.Candidate, error) {
	there, err := a.Traefik.objects(ctx)
	if manifest, _ := deployed(there); err != nil || manifest {
		candidate, _ := a.Traefik.Forward(ctx, port)
		return candidate, err
	}
	return a.addon().forward(a.Traefik.Kubectl, port), nil
}

// fromElsewhere says how to mend an image that the cluster cannot pull.
func fromElsewhere(err error, what addon) string {
	var problem *diagnose.Problem
	if what != nginx || !errors.As(err, &problem) || !strings.Contains(problem.Reason, "Image") {
		return ""
	}
	return "\nTake the addon's images from a mirror with TODO_INGRESS_REGISTRY or TODO_INGRESS_IMAGES, or set " +
		"TODO_INGRESS=traefik"
}

// waitAvailable waits until the addon's Deployment has the pods that it wants.
func waitAvailable(ctx context.Context, kubectl kube.Kubectl, what addon) error {
	report.Progress(ctx, "waiting for %s", what.title)
	err := kubectl.Runner.Run(ctx, kubectl.Unbounded("wait", "--for", "condition=Available", what.deployment,
		"--timeout", "5m"))
	if err != nil {
		return fmt.Errorf("waiting for the ingress controller (`kubectl --context %s -n %s describe pods` tells "+
			"more): %w", kubectl.Context, kubectl.Namespace, err)
	}
	return nil
}

// admissionTime is how long it may take from a ready pod until the cluster's network leads to it.
const admissionTime = 2 * time.Minute

// waitForWebhook waits until NGINX's admission webhook has a ready pod: until then the cluster refuses every Ingress.
func waitForWebhook(ctx context.Context, kubectl kube.Kubectl) error {
	err := poll.Until(ctx, 500*time.Millisecond, admissionTime, func() error {
		var slices struct {
			Items []struct {
				Endpoints []struct{ Conditions struct{ Ready *bool } }
			}
		}
		const service = "kubernetes.io/service-name=ingress-nginx-controller-admission"
		if err := kubectl.Get(ctx, &slices, "endpointslices", "--selector", service); err != nil {
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
		return fmt.Errorf("waiting for the ingress controller's admission webhook "+
			"(`kubectl --context %s -n %s get endpointslices` tells more): %w", kubectl.Context, kubectl.Namespace, err)
	}
	return nil
}

// class lets minikube's Traefik, which serves all classes of its controller, serve the class that the chart uses.
const class = `{"apiVersion":"networking.k8s.io/v1","kind":"IngressClass","metadata":{"name":"` + chart.IngressClass +
	`"},"spec":{"controller":"` + traefikController + `"}}`
