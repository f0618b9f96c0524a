package release

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/owned"
)

// place is what a cluster has where the release is put; each is nil where there is none.
type place struct{ namespace, secret *owned.Object }

// look reads the release's status and its place, and refuses what bears its names and is somebody else's.
func (r Release) look(ctx context.Context) (status Status, there place, err error) {
	var objects []owned.Object
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		if status, err = r.Status(inner); err == nil {
			err = r.checkRelease(status)
		}
		return err
	})
	group.Go(func() (err error) {
		objects, err = owned.Objects(inner, r.Kubectl, "namespace/"+r.Kubectl.Namespace, "secret/"+SecretName)
		if err != nil {
			err = fmt.Errorf("looking at the namespace %s: %w", r.Kubectl.Namespace, err)
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return status, there, err
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
		return status, there, there.secret.Foreign(r.Kubectl.Context, "TODO_NAMESPACE")
	}
	return status, there, nil
}

// checkRelease refuses a helm release of another chart.
func (r Release) checkRelease(status Status) error {
	if status.Revision == 0 || status.Manifest == "" ||
		strings.Contains(status.Manifest, "helm.sh/chart: "+chart.Release+"-") {
		return nil
	}
	return &owned.Foreign{
		Thing: fmt.Sprintf("the helm release %q in the namespace %q of the kube context %q", chart.Release,
			r.Kubectl.Namespace, r.Kubectl.Context),
		Why: "it is of another chart than this project's", Setting: "TODO_NAMESPACE",
		Remove: fmt.Sprintf("helm uninstall %s --kube-context %s --namespace %s", chart.Release, r.Kubectl.Context,
			r.Kubectl.Namespace),
	}
}

// Check reports what in the cluster keeps the release from being installed, without changing anything.
func (r Release) Check(ctx context.Context) error {
	_, _, err := r.look(ctx)
	return err
}
