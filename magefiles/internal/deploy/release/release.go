// Package release installs the chart: the namespace and the Secret, then helm, then pods that are well.
package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/diagnose"
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
}

// Status is what helm knows of the release.
type Status struct {
	Revision int    `json:"version"`
	Manifest string // what it is made of
	Info     struct {
		Status      string `json:"status"` // deployed, failed, uninstalling, pending-install, -upgrade or -rollback
		Description string `json:"description"`
	} `json:"info"`
}

func (r Release) chart() string { return chart.Folder(r.Root) }

// helm returns a helm call on the release's cluster and namespace.
func (r Release) helm(args ...string) runner.Command {
	return runner.Cmd("helm", append(args, "--kube-context", r.Kubectl.Context, "--namespace", r.Kubectl.Namespace)...)
}

// Status reads the release's newest revision; Revision is 0 where there is none.
func (r Release) Status(ctx context.Context) (Status, error) {
	var s Status
	err := runner.JSON(ctx, r.Runner, r.helm("status", chart.Release, "--output", "json"), &s)
	if err != nil && !strings.Contains(runner.Output(err), "not found") {
		return s, fmt.Errorf("reading the status of the release %s: %w", chart.Release, err)
	}
	return s, nil
}

// webhookTime is how long an admission webhook that refuses connections is waited for.
const webhookTime = time.Minute

// Install brings the release to what s describes, and returns once every pod is well. It changes nothing when that is
// already so. When a pod cannot start, the cause is reported, and the release goes back to where it was. An ingress
// controller's webhook that was ready may refuse connections for a moment more: that alone is tried again.
func (r Release) Install(ctx context.Context, s Settings) (note string, err error) {
	err = poll.Until(ctx, 2*time.Second, webhookTime, func() error {
		if note, err = r.install(ctx, s); err != nil && !webhookRefused(err) {
			return poll.Permanent(err)
		}
		if err != nil {
			report.Progress(ctx, "waiting for the ingress controller's admission webhook")
		}
		return err
	})
	return note, err
}

// webhookRefused reports whether the webhook refused the connection, not the object.
func webhookRefused(err error) bool {
	text := runner.Output(err)
	return strings.Contains(text, `failed calling webhook "validate.nginx.ingress`) &&
		strings.Contains(text, "connection refused")
}

func (r Release) install(ctx context.Context, s Settings) (string, error) {
	status, err := r.Status(ctx)
	if err != nil {
		return "", err
	}
	there, err := r.look(ctx, status)
	if err != nil {
		return "", err
	}
	if status, err = r.unlock(ctx, status); err != nil { // before the Secret is applied, which an uninstall removes
		return "", err
	}
	if err := r.createNamespace(ctx, there); err != nil {
		return "", err
	}
	if err := r.tryDatabase(ctx, s); err != nil {
		return "", err
	}
	values, err := r.prepare(ctx, s)
	if err != nil {
		return "", err
	}
	fingerprint, err := fingerprint(r.chart(), values)
	if err != nil {
		return "", err
	}
	if status.Info.Status == "deployed" && status.Info.Description == fingerprint && r.complete(ctx) {
		return fmt.Sprintf("unchanged (revision %d)", status.Revision), r.healthy(ctx)
	}
	revisions, err := r.upgradeDatabase(ctx, status, s, values, fingerprint)
	if err != nil {
		return "", errors.Join(err, r.revert(ctx))
	}
	return fmt.Sprintf("revision %d, every pod ready", status.Revision+revisions), nil
}

// upgrade runs helm with the pods watched beside it.
func (r Release) upgrade(ctx context.Context, values []byte, description string, options ...string) error {
	call := r.helm(append([]string{"upgrade", "--install", chart.Release, r.chart(), "--values", "-",
		"--description", description, "--wait", "--timeout", timeout.String()}, options...)...)
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
	var unready []string
	err := poll.Until(ctx, time.Second, timeout, func() error {
		workloads, err := r.Workloads(ctx)
		if err != nil {
			return poll.Permanent(err)
		}
		unready = nil
		for _, w := range workloads {
			if !w.Settled {
				unready = append(unready, w.Name)
			}
		}
		if len(unready) > 0 {
			report.Progress(ctx, "waiting for %s", strings.Join(unready, ", "))
			return errUnready
		}
		return nil
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

var errUnready = errors.New("some pods are not ready")

func (r Release) pods() diagnose.Pods {
	return diagnose.Pods{Kubectl: r.Kubectl, Selector: chart.Selector}
}

// complete reports whether every object of the live revision is still in the cluster.
func (r Release) complete(ctx context.Context) bool {
	manifest, err := r.Runner.Output(ctx, r.helm("get", "manifest", chart.Release))
	if err != nil {
		return false
	}
	return r.Runner.Run(ctx,
		r.Kubectl.Command("get", "-f", "-", "-o", "name").WithStdin(strings.NewReader(manifest))) == nil
}
