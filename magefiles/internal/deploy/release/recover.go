package release

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// unlock ends what an interrupted run left pending, since helm refuses all else until then, and reports whether there
// was any.
func (r Release) unlock(ctx context.Context, status Status) (unlocked bool, err error) {
	switch {
	case status.Info.Status == "uninstalling":
		report.Info(ctx, "the last removal of the release was interrupted: finishing it first; its data stays")
		return true, r.uninstall(ctx)
	case strings.HasPrefix(status.Info.Status, "pending-"):
		report.Info(ctx, "the last run was interrupted (%s, revision %d): going back first", status.Info.Status,
			status.Revision)
		return true, r.revert(ctx)
	}
	return false, nil
}

// Settle brings the release back to where it was before a run that was interrupted. That run has seconds left for it.
func (r Release) Settle(ctx context.Context) error {
	all, err := r.history(ctx)
	if err != nil || len(all) == 0 || all[len(all)-1].Status == "deployed" {
		return err
	}
	if err := r.goBack(ctx, all); err != nil {
		return fmt.Errorf("ending what was interrupted, which `mage deploy` does, too: %w", err)
	}
	return nil
}

// revert brings the release back to the newest revision that was deployed, or removes it where there is none, so that
// nothing stays half done. An interrupted run has no time for it: the next one does it.
func (r Release) revert(ctx context.Context) error {
	if ctx.Err() != nil {
		return nil
	}
	all, err := r.history(ctx)
	if err != nil {
		return err
	}
	return r.goBack(ctx, all)
}

// goBack is revert for a release with these revisions.
func (r Release) goBack(ctx context.Context, all []revision) error {
	last := 0 // that was once in service
	for _, rev := range all {
		if rev.Status == "deployed" || rev.Status == "superseded" {
			last = max(last, rev.Revision)
		}
	}
	switch {
	case len(all) == 0:
		return r.deleteSecret(ctx)
	case last == 0:
		report.Progress(ctx, "removing the release that did not start; its database volume is kept")
		return r.uninstall(ctx)
	}
	report.Progress(ctx, "going back to revision %d", last)
	back := r.helm(append([]string{"rollback", chart.Release, strconv.Itoa(last)}, forced...)...)
	if err := r.Runner.Run(ctx, back); err != nil {
		return fmt.Errorf("going back to revision %d of the release %s: %w", last, chart.Release, err)
	}
	report.Info(ctx, "went back to revision %d, which still serves", last)
	return nil
}

// revision is one that helm has made.
type revision struct {
	Revision            int
	Status, Description string
}

// history are the revisions, oldest first; none where helm has made none.
func (r Release) history(ctx context.Context) ([]revision, error) {
	var all []revision
	err := runner.JSON(ctx, r.Runner, r.helm("history", chart.Release, "--output", "json"), &all)
	if err != nil && !strings.Contains(runner.Output(err), "not found") { // helm failed before it made a revision
		return nil, fmt.Errorf("reading the history of the release %s: %w", chart.Release, err)
	}
	return all, nil
}

// Uninstall removes the release and the Secret with the user's settings, and reports whether there was a release. The
// database's volume and its password stay, so that a later deploy finds its data.
func (r Release) Uninstall(ctx context.Context) (found bool, err error) {
	status, there, err := r.look(ctx)
	if err != nil || status.Revision == 0 && there.secret == nil {
		return false, err
	}
	return status.Revision != 0, r.uninstall(ctx)
}

// uninstall removes what is proven to be the release's.
func (r Release) uninstall(ctx context.Context) error {
	err := r.Runner.Run(ctx, r.helm("uninstall", chart.Release, "--ignore-not-found", "--wait", "--timeout", "2m"))
	if err != nil && !strings.Contains(runner.Output(err), "not found") {
		return fmt.Errorf("removing the release %s: %w", chart.Release, err)
	}
	return r.deleteSecret(ctx)
}

func (r Release) deleteSecret(ctx context.Context) error {
	if _, err := r.Kubectl.Output(ctx, "delete", "secret", SecretName, "--ignore-not-found"); err != nil {
		return fmt.Errorf("removing the Secret %s: %w", SecretName, err)
	}
	return nil
}
