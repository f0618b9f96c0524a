package release

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/drift"
	"todo-app/magefiles/internal/deploy/owned"
)

// place is what a cluster has where the release is put; each is nil where there is none.
type place struct{ namespace, secret, postgres *owned.Object }

// Found is what a look at the cluster has found.
type Found struct {
	status Status
	there  place
	drift  drift.Drift
	ready  bool // every pod is; false, too, where nobody has looked
}

// Look looks at all in the cluster that an install depends on, and changes nothing: so it need not wait for images.
// Where known, this process has installed the release itself, and what runs is not compared again.
func (r Release) Look(ctx context.Context, known bool) (found Found, err error) {
	found.status, found.there, err = r.look(ctx)
	if err == nil && !known {
		found.drift, found.ready = r.compare(ctx, found.status)
	}
	return found, err
}

// compare compares what helm has installed with what runs, and reports whether every pod is ready.
func (r Release) compare(ctx context.Context, status Status) (found drift.Drift, ready bool) {
	switch {
	case status.Info.Status != "deployed":
		return drift.Drift{}, false
	case status.Manifest == "":
		return drift.Drift{Unknown: errors.New("helm does not tell what it has installed")}, false
	}
	get := r.Kubectl.Command("get", "-f", "-", "-o", "json", "--ignore-not-found", "--show-managed-fields")
	live, err := r.Runner.Output(ctx, get.WithStdin(strings.NewReader(status.Manifest)))
	if err != nil {
		return drift.Drift{Unknown: err}, false
	}
	return drift.Of(ctx, r.Kubectl, r.Kept, status.Manifest, live), allSettled(live)
}

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
		objects, err = owned.Objects(inner, r.Kubectl, "namespace/"+r.Kubectl.Namespace, "secret/"+SecretName,
			"statefulset/"+chart.Object(chart.Postgres))
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
		case "StatefulSet":
			there.postgres = &o
		}
	}
	if there.secret != nil && !there.secret.Made() {
		return status, there, there.secret.Foreign(r.Kubectl.Context, "TODO_NAMESPACE")
	}
	return status, there, nil
}

// checkPullSecrets refuses Secrets with logins to registries that are not there: pods would be pulled without a login.
func (r Release) checkPullSecrets(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	out, err := r.Kubectl.Output(ctx, append([]string{"get", "secret", "--ignore-not-found", "-o", "name"}, names...)...)
	if err != nil {
		return fmt.Errorf("looking for the Secrets of TODO_PULL_SECRETS: %w", err)
	}
	for _, name := range names {
		if !slices.Contains(strings.Fields(out), "secret/"+name) {
			return fmt.Errorf("looking for the Secrets of TODO_PULL_SECRETS: the namespace %s of the kube context %q has "+
				"no Secret %s; docs/settings.md tells how to make it", r.Kubectl.Namespace, r.Kubectl.Context, name)
		}
	}
	return nil
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
