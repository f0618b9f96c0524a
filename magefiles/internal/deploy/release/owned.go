package release

import (
	"context"
	"fmt"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/owned"
)

// place is what a cluster has where the release is put; each is nil where there is none.
type place struct{ namespace, secret *owned.Object }

// look reads the place, and refuses what bears the release's names and is somebody else's.
func (r Release) look(ctx context.Context, status Status) (there place, err error) {
	if err := r.checkRelease(status); err != nil {
		return there, err
	}
	objects, err := owned.Objects(ctx, r.Kubectl, "namespace/"+r.Kubectl.Namespace, "secret/"+SecretName)
	if err != nil {
		return there, fmt.Errorf("looking at the namespace %s: %w", r.Kubectl.Namespace, err)
	}
	for _, o := range objects {
		switch o.Kind {
		case "Namespace":
			there.namespace = &o
		case "Secret":
			there.secret = &o
		}
	}
	if there.secret != nil && !there.secret.Made() {
		return there, there.secret.Foreign(r.Kubectl.Context, "TODO_NAMESPACE")
	}
	return there, nil
}

// checkRelease refuses a helm release of another chart.
func (r Release) checkRelease(status Status) error {
	if status.Revision == 0 || status.Manifest == "" ||
		strings.Contains(status.Manifest, "helm.sh/chart: "+chart.Release+"-") {
		return nil
	}
	return &owned.Foreign{
		Thing: fmt.Sprintf(
			"the helm release %q in the namespace %q of the kube context %q",
			chart.Release,
			r.Kubectl.Namespace,
			r.Kubectl.Context,
		),
		Why: "it is of another chart than this project's", Setting: "TODO_NAMESPACE",
		Remove: fmt.Sprintf(
			"helm uninstall %s --kube-context %s --namespace %s",
			chart.Release,
			r.Kubectl.Context,
			r.Kubectl.Namespace,
		),
	}
}

// Check reports what in the cluster keeps the release from being installed, without changing anything.
func (r Release) Check(ctx context.Context) error {
	status, err := r.Status(ctx)
	if err == nil {
		_, err = r.look(ctx, status)
	}
	return err
}
