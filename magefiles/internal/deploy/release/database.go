package release

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

// trial is the name of the pod that tries a database, of the Secret that holds its URL, and of their label.
const trial = "todo-app-database-trial"

// trialTime is how long the trial may take; its program waits 2 minutes for a database that does not answer.
const trialTime = "170s"

// databaseURLs are the keys of the Secret that lead to the database.
var databaseURLs = []string{chart.DatabaseURL, chart.DirectDatabaseURL}

// tryDatabase migrates the database that s names, in a pod beside the release, where the release has not used that one
// yet: a URL that does not work is told before anything is changed. Migrations only add to what the release needs.
func (r Release) tryDatabase(ctx context.Context, s Settings) error {
	if !s.external() {
		return nil
	}
	used, err := r.usesDatabase(ctx, s)
	if err != nil || used {
		return err
	}
	report.Progress(ctx, "trying the database that DATABASE_URL names")
	if err := r.deleteTrial(ctx); err != nil { // of a run that was interrupted
		return err
	}
	defer func() { _ = r.deleteTrial(context.WithoutCancel(ctx)) }()
	pod, err := r.trialPod(ctx, s)
	if err != nil {
		return err
	}
	urls := map[string]string{}
	for _, key := range databaseURLs {
		if value := s.Secrets[key]; value != "" {
			urls[key] = value
		}
	}
	pods := diagnose.Pods{Kubectl: r.Kubectl, Selector: "app.kubernetes.io/name=" + trial}
	err = pods.During(ctx, func(ctx context.Context) error {
		for _, o := range []object{secret(trial, urls), pod} {
			if err := r.apply(ctx, o, nil); err != nil {
				return err
			}
		}
		return r.Runner.Run(ctx, r.Kubectl.Unbounded("wait", "pod/"+trial, "--for=jsonpath={.status.phase}=Succeeded",
			"--timeout="+trialTime))
	})
	if err != nil {
		return fmt.Errorf("trying the database that DATABASE_URL names (nothing is changed yet): %w", err)
	}
	return nil
}

// usesDatabase reports whether the release has the URLs of s already.
func (r Release) usesDatabase(ctx context.Context, s Settings) (bool, error) {
	live, err := r.liveSecret(ctx)
	other := func(key string) bool { return string(live[key]) != s.Secrets[key] }
	return live != nil && !slices.ContainsFunc(databaseURLs, other), err
}

// liveSecret is what the Secret with the user's settings holds in the cluster; nil where there is none. It goes no
// further than this package.
func (r Release) liveSecret(ctx context.Context) (map[string][]byte, error) {
	out, err := r.Kubectl.Output(ctx, "get", "secret", SecretName, "--ignore-not-found", "-o", "json")
	if err != nil {
		return nil, fmt.Errorf("reading the Secret %s: %w", SecretName, err)
	}
	if out == "" {
		return nil, nil
	}
	live := struct{ Data map[string][]byte }{map[string][]byte{}}
	if err := json.Unmarshal([]byte(out), &live); err != nil {
		return nil, fmt.Errorf("reading the Secret %s: it is no JSON", SecretName)
	}
	return live.Data, nil
}

func (r Release) deleteTrial(ctx context.Context) error {
	_, err := r.Kubectl.Output(ctx, "delete", "pod/"+trial, "secret/"+trial, "--ignore-not-found", "--grace-period=1")
	if err != nil {
		return fmt.Errorf("removing what tried a database: %w", err)
	}
	return nil
}

// trialPod is a pod that migrates a database as the chart's own do; the trial's Secret leads it there.
func (r Release) trialPod(ctx context.Context, s Settings) (object, error) {
	values, err := s.values(trial, "")
	if err != nil {
		return nil, err
	}
	template := r.helm("template", chart.Release, r.chart(), "--values", "-", "--show-only", chart.BackendTemplate)
	rendered, err := r.Runner.Output(ctx, template.WithStdin(bytes.NewReader(values)))
	if err != nil {
		return nil, fmt.Errorf("rendering the pod that tries a database: %w", err)
	}
	spec, err := chart.MigrationPod(rendered)
	if err != nil {
		return nil, fmt.Errorf("rendering the pod that tries a database: %w", err)
	}
	return object{"apiVersion": "v1", "kind": "Pod", "spec": spec,
		"metadata": object{"name": trial, "labels": object{"app.kubernetes.io/name": trial}}}, nil
}

// upgradeDatabase upgrades the release, and returns how many revisions that took. One that leaves the embedded database
// takes two: in the first, both databases run until the pods that use the embedded one are gone.
func (r Release) upgradeDatabase(
	ctx context.Context, looked Found, s Settings, values []byte, fingerprint string,
) (revisions int, err error) {
	upgrade, embedded := looked.status.Revision > 0, looked.there.postgres != nil
	leaves := upgrade && embedded && s.external()
	returns := upgrade && !embedded && !s.external()
	if leaves {
		description := "both databases, until " + fingerprint
		if err := r.upgrade(ctx, values, description, "--set", "postgres.standby=true"); err != nil {
			return 0, err
		}
		r.waitForOldPods(ctx)
		revisions++
	}
	if err := r.upgrade(ctx, values, fingerprint); err != nil {
		return 0, err
	}
	switch {
	case leaves:
		report.Info(ctx, "the app has moved to the database that DATABASE_URL names; "+
			"the embedded one is stopped and keeps its data: unset DATABASE_URL to go back to it")
	case returns:
		r.waitForOldPods(ctx)
		report.Info(ctx, "the app is back on the embedded database, as it was left; "+
			"nothing was moved from the one that DATABASE_URL named, which keeps its data")
	}
	return revisions + 1, nil
}

// save keeps the embedded database, where the upgrade may migrate it.
func (r Release) save(ctx context.Context, looked Found, s Settings) error {
	if r.Save == nil || looked.status.Revision == 0 || looked.there.postgres == nil || s.external() {
		return nil
	}
	return r.Save(ctx, looked.status)
}

// waitForOldPods waits until the backend's old pods are gone: until then the two databases would answer in turns.
func (r Release) waitForOldPods(ctx context.Context) {
	report.Progress(ctx, "waiting for the pods of the previous revision to leave")
	_ = poll.Until(ctx, 500*time.Millisecond, chart.TerminationGrace, func() error {
		out, err := r.Kubectl.Output(ctx, "get", "pods", "--selector", chart.ComponentSelector(chart.Backend),
			"-o", "jsonpath={.items[*].metadata.deletionTimestamp}")
		if err == nil && out != "" {
			err = errors.New("some are still there")
		}
		return err
	})
}
