// Package release installs the chart: the namespace and the Secret, then helm, then pods that are well.
package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/deploy/drift"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// timeout is how long a rollout may take before its pods are reported.
const timeout = 5 * time.Minute

// Release is the app in one namespace of one cluster.
type Release struct {
	Runner  runner.Runner
	Kubectl kube.Kubectl
	Root    string // the repository's root
	Kept    inputs.Store
	// Save keeps the embedded database before an upgrade of what is installed, which runs it; nil keeps nothing.
	Save func(ctx context.Context, installed Status) error
}

func (r Release) chart() string { return chart.Folder(r.Root) }

// helm returns a helm call on the release's cluster and namespace.
func (r Release) helm(args ...string) runner.Command {
	return runner.Cmd("helm", append(args, "--kube-context", r.Kubectl.Context, "--namespace", r.Kubectl.Namespace)...)
}

// webhookTime is how long an admission webhook that refuses connections is waited for.
const webhookTime = time.Minute

// Install brings the release to what s describes, and returns once every pod is well. It changes nothing when that is
// already so. When a pod cannot start, the cause is reported, and the release goes back to where it was. An ingress
// controller's webhook that was ready may refuse connections for a moment more: that alone is tried again.
func (r Release) Install(ctx context.Context, s Settings) (note string, err error) {
	looked := s.Looked
	err = poll.Until(ctx, 2*time.Second, webhookTime, func() error {
		if looked == nil {
			found, err := r.Look(ctx, s.Known)
			if err != nil {
				return poll.Permanent(err)
			}
			looked = &found
		}
		note, err = r.install(ctx, s, *looked)
		looked = nil
		if err != nil && !r.webhookComes(ctx, err) {
			return poll.Permanent(err)
		}
		if err != nil {
			report.Progress(ctx, "waiting for the ingress controller's admission webhook")
		}
		return err
	})
	return note, diagnose.Explain(ctx, r.Kubectl, err)
}

// refusedWebhook is what is said of a webhook that refused the connection, not the object: its Service and namespace.
var refusedWebhook = regexp.MustCompile(
	`failed calling webhook "validate\.nginx\.ingress[^\n]*https://([^./]+)\.([^./]+)\.svc[^\n]*connection refused`)

// webhookComes reports whether err is an ingress controller's webhook that refused the connection, and whether that has
// pods, which may be ready soon. One without pods is what a controller left that is gone.
func (r Release) webhookComes(ctx context.Context, err error) bool {
	match := refusedWebhook.FindStringSubmatch(runner.Output(err))
	if match == nil {
		return false
	}
	kubectl := r.Kubectl
	kubectl.Namespace = match[2]
	out, err := kubectl.Output(ctx, "get", "endpointslices", "--selector", "kubernetes.io/service-name="+match[1],
		"-o", "jsonpath={.items[*].endpoints[*].addresses}")
	return err != nil || out != ""
}

func (r Release) install(ctx context.Context, s Settings, looked Found) (string, error) {
	if err := r.checkPullSecrets(ctx, s.PullSecrets); err != nil {
		return "", err
	}
	looked, err := r.makePlace(ctx, looked)
	if err != nil {
		return "", err
	}
	status := looked.status
	if err := r.tryDatabase(ctx, s); err != nil {
		return "", err
	}
	values, err := r.prepare(ctx, s, looked.there.secret)
	if err != nil {
		return "", err
	}
	fingerprint, err := fingerprint(r.chart(), values)
	if err != nil {
		return "", err
	}
	same, err := r.setBack(ctx, status, looked.drift)
	switch {
	case err != nil:
		return "", err
	case same && status.Info.Description == fingerprint:
		if !looked.ready {
			err = r.healthy(ctx)
		}
		return fmt.Sprintf("unchanged (revision %d)", status.Revision), err
	}
	if err := r.save(ctx, looked, s); err != nil {
		return "", err
	}
	revisions, err := r.upgradeDatabase(ctx, looked, s, values, fingerprint)
	if err != nil {
		if ctx.Err() == nil {
			cause, _, _ := strings.Cut(err.Error(), "\n")
			report.Warn(ctx, "%s", cause) // at once: going back takes a while
		}
		return "", errors.Join(err, r.revert(ctx))
	}
	r.remember(ctx, fingerprint, values)
	return fmt.Sprintf("revision %d, every pod ready", status.Revision+revisions), nil
}

// makePlace ends what an interrupted run left pending and makes the namespace. It returns what is there then.
func (r Release) makePlace(ctx context.Context, looked Found) (Found, error) {
	unlocked, err := r.unlock(ctx, looked.status) // before the Secret is applied, which an uninstall removes
	if err != nil {
		return looked, err
	}
	anew, err := r.createNamespace(ctx, looked.there.namespace)
	if err != nil || !anew && !unlocked {
		return looked, err
	}
	return r.Look(ctx, false)
}

// setBack names what runs otherwise than the release describes it, and reports that nothing does. Secrets are set back
// at once, because the chart looks the database's password up in one.
func (r Release) setBack(ctx context.Context, status Status, found drift.Drift) (same bool, err error) {
	switch {
	case status.Info.Status != "deployed":
		return false, nil
	case found.Unknown != nil:
		report.Info(ctx, "what runs cannot be compared with what was installed, so it is installed again: %v",
			found.Unknown)
		return false, nil
	case len(found.Differences) > 0:
		report.Info(ctx, "changed since revision %d was installed, and set back now:\n%s", status.Revision,
			strings.Join(found.Differences, "\n"))
	}
	for _, s := range found.Secrets {
		if err := r.apply(ctx, object(s), nil); err != nil {
			return false, fmt.Errorf("setting a Secret of the release back: %w", err)
		}
	}
	return len(found.Differences) == 0, nil
}

// forced has helm take back the fields of the chart that somebody else has changed, which it would refuse to touch.
var forced = []string{"--server-side=true", "--force-conflicts"}

// upgrade runs helm with the pods watched beside it.
func (r Release) upgrade(ctx context.Context, values []byte, description string, options ...string) error {
	call := r.helm(append([]string{"upgrade", "--install", chart.Release, r.chart(), "--values", "-",
		"--description", description, "--wait", "--timeout", timeout.String()}, append(forced, options...)...)...)
	err := r.pods().During(ctx, func(ctx context.Context) error {
		return r.Runner.Run(ctx, call.WithStdin(bytes.NewReader(values)))
	})
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return err
	}
	if strings.Contains(runner.Output(err), "deadline") {
		if unready := r.pods().Unready(context.WithoutCancel(ctx)); unready != nil {
			return fmt.Errorf("installing the chart: after %s, %w", timeout, unready)
		}
	}
	return fmt.Errorf("installing the chart: %w", err)
}

// healthy waits until the pods of an unchanged release are ready: after a restart of the node they may not be yet.
func (r Release) healthy(ctx context.Context) error {
	unready, err := r.unready(ctx)
	if err != nil || len(unready) == 0 {
		return err
	}
	err = r.pods().During(ctx, func(ctx context.Context) error {
		return poll.Until(ctx, time.Second, timeout, func() (err error) {
			if unready, err = r.unready(ctx); err != nil {
				return poll.Permanent(err)
			}
			if len(unready) > 0 {
				report.Progress(ctx, "waiting for %s", strings.Join(unready, ", "))
				return errUnready
			}
			return nil
		})
	})
	if !errors.Is(err, errUnready) {
		return err
	}
	cause := r.pods().Unready(ctx)
	if cause == nil { // no pod is to blame where the cluster makes none
		cause = fmt.Errorf("%s not ready: `kubectl --context %s -n %s get events` says why",
			strings.Join(unready, ", "), r.Kubectl.Context, r.Kubectl.Namespace)
	}
	return fmt.Errorf("waiting for the pods: after %s, %w", timeout, cause)
}

// unready names the workloads that are not settled.
func (r Release) unready(ctx context.Context) ([]string, error) {
	workloads, err := r.Workloads(ctx)
	var names []string
	for _, w := range workloads {
		if !w.Settled {
			names = append(names, w.Name)
		}
	}
	return names, err
}

var errUnready = errors.New("some pods are not ready")

func (r Release) pods() diagnose.Pods {
	return diagnose.Pods{Kubectl: r.Kubectl, Selector: chart.Selector}
}
