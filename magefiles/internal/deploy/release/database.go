package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

// trial is the name of the pod that tries a database, of the Secret that holds its URL, and of the label that tells both.
const trial = "todo-app-database-trial"

// trialTime is how long the trial may take in all; the program in it waits 2 minutes for a database that does not answer.
const trialTime = "170s"

// urls are the keys of the Secret that lead to the database.
var urls = []string{"DATABASE_URL", "DIRECT_DATABASE_URL"}

// tryDatabase migrates the database that s names, in a pod beside the release, where the release has not used that one yet:
// a URL that does not work is told before anything is changed. Migrations only add to what the running release needs.
func (r Release) tryDatabase(ctx context.Context, s Settings) error {
	if s.Secrets["DATABASE_URL"] == "" {
		return nil
	}
	used, err := r.uses(ctx, s)
	if err != nil || used {
		return err
	}
	report.Progress(ctx, "trying the database that DATABASE_URL names")
	if err := r.clearTrial(ctx); err != nil { // of a run that was interrupted
		return err
	}
	defer func() { _ = r.clearTrial(context.WithoutCancel(ctx)) }()
	pods := diagnose.Pods{Kubectl: r.Kubectl, Selector: "app.kubernetes.io/name=" + trial}
	err = pods.During(ctx, func(ctx context.Context) error {
		needed := map[string]string{}
		for _, key := range urls {
			if value := s.Secrets[key]; value != "" {
				needed[key] = value
			}
		}
		for _, o := range []object{secret(trial, needed), trialPod(s.Images.Backend)} {
			if err := r.apply(ctx, o, nil); err != nil {
				return err
			}
		}
		return r.Runner.Run(ctx, r.Kubectl.Unbounded("wait", "pod/"+trial, "--for=jsonpath={.status.phase}=Succeeded", "--timeout="+trialTime))
	})
	if err != nil {
		return fmt.Errorf("trying the database that DATABASE_URL names (nothing is changed yet): %w", err)
	}
	return nil
}

// uses reports whether the release has the URLs of s already. The answer holds secrets, and goes no further.
func (r Release) uses(ctx context.Context, s Settings) (bool, error) {
	out, err := r.Kubectl.Output(ctx, "get", "secret", SecretName, "--ignore-not-found", "-o", "json")
	if err != nil {
		return false, fmt.Errorf("reading the Secret %s: %w", SecretName, err)
	}
	if out == "" {
		return false, nil
	}
	var live struct{ Data map[string][]byte }
	if err := json.Unmarshal([]byte(out), &live); err != nil {
		return false, fmt.Errorf("reading the Secret %s: it is no JSON", SecretName)
	}
	for _, key := range urls {
		if string(live.Data[key]) != s.Secrets[key] {
			return false, nil
		}
	}
	return true, nil
}

func (r Release) clearTrial(ctx context.Context) error {
	if _, err := r.Kubectl.Output(ctx, "delete", "pod/"+trial, "secret/"+trial, "--ignore-not-found", "--grace-period=1"); err != nil {
		return fmt.Errorf("removing what tried a database: %w", err)
	}
	return nil
}

// trialPod migrates the database as the chart's init container does.
func trialPod(image string) object {
	return object{"apiVersion": "v1", "kind": "Pod",
		"metadata": object{"name": trial, "labels": object{"app.kubernetes.io/name": trial}},
		"spec": object{
			"restartPolicy": "Never", "automountServiceAccountToken": false, "enableServiceLinks": false,
			"securityContext": object{"runAsNonRoot": true, "runAsUser": 10001, "runAsGroup": 10001, "seccompProfile": object{"type": "RuntimeDefault"}},
			"containers": []object{{
				"name": "migrate", "image": image, "imagePullPolicy": "IfNotPresent", "command": []string{"python", "-m", "app.migrate"},
				"envFrom": []object{{"secretRef": object{"name": trial}}}, "terminationMessagePolicy": "FallbackToLogsOnError",
				"securityContext": object{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": object{"drop": []string{"ALL"}}},
				"resources":       object{"requests": object{"cpu": "50m", "memory": "128Mi"}, "limits": object{"memory": "384Mi"}},
			}},
		},
	}
}

// move upgrades the release, twice where that takes the app away from the embedded database: pods of the previous revision
// have it until they are gone. It tells what has become of the data.
func (r Release) move(
	ctx context.Context, status Status, s Settings, values []byte, fingerprint string,
) (upgrades int, err error) {
	embedded := s.Secrets["DATABASE_URL"] == ""
	before, err := r.runsPostgres(ctx, status, embedded)
	if err != nil {
		return 0, err
	}
	if before && !embedded {
		both, err := standby(values)
		if err != nil {
			return 0, err
		}
		if err := r.upgrade(ctx, both, "both databases, until "+fingerprint); err != nil {
			return 0, err
		}
		r.waitForOldPods(ctx)
		upgrades++
	}
	if err := r.upgrade(ctx, values, fingerprint); err != nil {
		return 0, err
	}
	switch {
	case before && !embedded:
		report.Info(ctx, "the app has moved to the database that DATABASE_URL names; "+
			"the embedded one is stopped and keeps its data: unset DATABASE_URL to go back to it")
	case embedded && !before:
		r.waitForOldPods(ctx)
		report.Info(ctx, "the app is back on the embedded database, as it was left; "+
			"nothing was moved from the one that DATABASE_URL named, which keeps its data")
	}
	return upgrades + 1, nil
}

// runsPostgres reports whether the release runs the embedded Postgres; it is unset where none is installed.
func (r Release) runsPostgres(ctx context.Context, status Status, unset bool) (bool, error) {
	if status.Revision == 0 {
		return unset, nil
	}
	out, err := r.Kubectl.Output(ctx, "get", "statefulset", Name+"-postgres", "--ignore-not-found", "-o", "name")
	if err != nil {
		return false, fmt.Errorf("looking for the embedded database: %w", err)
	}
	return out != "", nil
}

// standby are values with which the embedded Postgres runs on, unused.
func standby(values []byte) ([]byte, error) {
	var v map[string]any
	if err := json.Unmarshal(values, &v); err != nil {
		return nil, err
	}
	v["postgres"] = object{"enabled": false, "standby": true}
	return json.Marshal(v)
}

// leaving is how long pods that are on their way out are waited for: their grace period.
const leaving = 40 * time.Second

// waitForOldPods waits until the backend's pods of the previous revision are gone: until then the two databases would answer
// in turns.
func (r Release) waitForOldPods(ctx context.Context) {
	report.Progress(ctx, "waiting for the pods of the previous revision to leave")
	_ = poll.Until(ctx, 500*time.Millisecond, leaving, func() error {
		out, err := r.Kubectl.Output(ctx, "get", "pods", "--selector", Selector+",app.kubernetes.io/component=backend",
			"-o", "jsonpath={.items[*].metadata.deletionTimestamp}")
		if err == nil && out != "" {
			err = errors.New("some are still there")
		}
		return err
	})
}
