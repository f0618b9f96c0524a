package release

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// podList is the pod of the backend with its container in a state.
func podList(state string) string {
	return `{"items":[{"kind":"Pod","metadata":{"name":"todo-app-backend-5d","uid":"1","creationTimestamp":"2000-01-01T00:00:00Z"},
		"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False"}],"containerStatuses":[
		{"name":"backend","image":"todo-backend:b1","ready":false,` + state + `}]}}]}`
}

const crashLoop = `"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":1,` +
	`"reason":"Error"}}`

func TestInterruptedRunIsUndoneFirst(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		calls   []string
		note    string
	}{
		"a first install is removed, and its Secret applied after that": {
			[]runner.Reply{in(t, "pending-install", 1, "", 1), absent, revisions("pending-install")},
			[]string{"get secrets", "get namespace/n", "helm history", "helm uninstall", "delete secret", "apply --server-side",
				"get secrets", "get namespace/n", "apply --server-side", "helm upgrade"},
			"revision 1, every pod ready"},
		"an upgrade goes back to the last revision that served": {
			[]runner.Reply{in(t, "pending-upgrade", 3, "", 1), in(t, "deployed", 4, "Rollback to 2", 0),
				revisions("superseded", "deployed", "pending-upgrade")},
			[]string{"get secrets", "get namespace/n", "helm history", "helm rollback", "apply --server-side",
				"get secrets", "get namespace/n", "apply --server-side", "helm upgrade"},
			"revision 5, every pod ready"},
		"a removal is finished": {
			[]runner.Reply{in(t, "uninstalling", 2, "", 1), absent},
			[]string{"get secrets", "get namespace/n", "helm uninstall", "delete secret", "apply --server-side",
				"get secrets", "get namespace/n", "apply --server-side", "helm upgrade"},
			"revision 1, every pod ready"},
		"so does a rollback": {
			[]runner.Reply{in(t, "pending-rollback", 4, "", 1), in(t, "deployed", 5, "Rollback to 1", 0),
				revisions("superseded", "failed", "failed", "pending-rollback")},
			[]string{"get secrets", "get namespace/n", "helm history", "helm rollback", "apply --server-side",
				"get secrets", "get namespace/n", "apply --server-side", "helm upgrade"},
			"revision 6, every pod ready"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, tt.replies...)
			fake.Allow(rollback, uninstall, unsecret)
			note, err := r.Install(t.Context(), settings)
			require.NoError(t, err)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.calls, verbs(fake))
		})
	}
}

func TestRollbackAndRemovalCalls(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, revisions("superseded", "deployed", "failed"))
	fake.Allow(rollback)
	require.NoError(t, r.revert(t.Context()))
	assert.Equal(t, []string{history, rollback + "2 --server-side=true --force-conflicts" + onCluster}, fake.Lines())

	r, fake = releaseOf(t, revisions("failed", "failed"))
	fake.Allow(uninstall, unsecret)
	require.NoError(t, r.revert(t.Context()))
	assert.Equal(t, []string{history, uninstall, unsecret}, fake.Lines())

	r, fake = releaseOf(t, runner.Reply{Prefix: "helm history", Fails: "Error: release: not found"})
	fake.Allow(unsecret)
	require.NoError(t, r.revert(t.Context()))
	assert.Equal(t, []string{history, unsecret}, fake.Lines(), "helm made no revision that could be removed")
}

func TestFailingUpgradeIsReportedThenUndone(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, in(t, "deployed", 2, "other", 0), revisions("superseded", "deployed", "failed"),
		runner.Reply{Prefix: upgrade, Fails: "Error: UPGRADE FAILED: Deployment is invalid"})
	fake.Allow(rollback)
	_, err := r.Install(t.Context(), settings)
	require.ErrorContains(t, err, "installing the chart: running `helm upgrade")
	assert.ErrorContains(t, err, "Deployment is invalid")
	assert.Equal(t, []string{"helm history", "helm rollback"}, verbs(fake)[5:])
}

func TestFailureThatCannotBeUndoneTellsBoth(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t, in(t, "deployed", 2, "other", 0), revisions("deployed"),
		runner.Reply{Prefix: upgrade, Fails: "first"}, runner.Reply{Prefix: rollback, Fails: "second"})
	_, err := r.Install(t.Context(), settings)
	require.ErrorContains(t, err, "first")
	assert.ErrorContains(t, err, "going back to revision 1 of the release todo-app: ")
	assert.ErrorContains(t, err, "second")
}

func TestPodThatCannotStartEndsHelmAndIsReportedBeforeTheRollback(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, fake := releaseOf(t, absent, runner.Reply{Prefix: upgrade, Does: runner.Hangs}, revisions("pending-install"),
			runner.Reply{Prefix: getPods, Output: `{"items":[]}`, Times: 1},
			runner.Reply{Prefix: getPods, Output: podList(crashLoop)},
			runner.Reply{Prefix: logs, Output: "password authentication failed"})
		fake.Allow(events, uninstall, unsecret)
		start := time.Now()
		_, err := r.Install(t.Context(), settings)
		var problem *diagnose.Problem
		require.ErrorAs(t, err, &problem)
		assert.Equal(t, "CrashLoopBackOff", problem.Reason)
		assert.Equal(t, []string{"password authentication failed"}, problem.Logs)
		assert.Less(t, time.Since(start), 5*time.Second, "nobody waits for helm's own limit")
		assert.Equal(
			t,
			[]string{
				"get secrets",
				"get namespace/n",
				"apply --server-side",
				"apply --server-side",
				"helm upgrade",
				"get events",
				"logs todo-app-backend-5d",
				"helm history",
				"helm uninstall",
				"delete secret",
			},
			verbs(fake),
			"the pod's words are read before it is removed",
		)
	})
}

func TestRolloutThatRunsOutOfTimeIsExplainedByItsPod(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, in(t, "deployed", 2, "other", 0), revisions("deployed"),
		runner.Reply{Prefix: getPods, Output: podList(`"state":{"running":{}}`)},
		runner.Reply{Prefix: upgrade, Fails: "Error: UPGRADE FAILED: context deadline exceeded"})
	fake.Allow(events, logs, rollback)
	_, err := r.Install(t.Context(), settings)
	assert.ErrorContains(t, err,
		"installing the chart: after 5m0s, pod todo-app-backend-5d is not starting, container backend: NotReady")
}

func TestInterruptedInstallLeavesTheUndoingToTheNextRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("terminated")
		ctx, cancel := context.WithCancelCause(t.Context())
		r, fake := releaseOf(t, absent, runner.Reply{Prefix: upgrade, Does: runner.Hangs})
		time.AfterFunc(10*time.Second, func() { cancel(cause) })
		_, err := r.Install(ctx, settings)
		assert.ErrorIs(t, err, cause)
		assert.Equal(t,
			[]string{"get secrets", "get namespace/n", "apply --server-side", "apply --server-side", "helm upgrade"},
			verbs(fake))
	})
}

func TestUninstallTellsWhatItCouldNotRemove(t *testing.T) {
	t.Parallel()
	for says, reply := range map[string]runner.Reply{
		"removing the release todo-app: ":         {Prefix: uninstall, Fails: "timed out"},
		"removing the Secret todo-app-settings: ": {Prefix: unsecret, Fails: "forbidden"},
	} {
		r, fake := releaseOf(t, in(t, "deployed", 1, "", 0), reply)
		fake.Allow(uninstall)
		_, err := r.Uninstall(t.Context())
		assert.ErrorContains(t, err, says)
	}
}

func TestUserIsToldOfTheInterruptedRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := report.Plain(&out).Run(t.Context(), "install", func(ctx context.Context) (string, error) {
		r, fake := releaseOf(t, in(t, "pending-upgrade", 3, "", 1), in(t, "deployed", 4, "", 0),
			revisions("deployed", "failed", "pending-upgrade"))
		fake.Allow(rollback)
		return r.Install(ctx, settings)
	})
	require.NoError(t, err)
	assert.Contains(t, out.String(), "the last run was interrupted (pending-upgrade, revision 3): going back first")
	assert.Contains(t, out.String(), "went back to revision 1, which still serves")
}

func TestAnInterruptedRunIsSettledToWhatServed(t *testing.T) {
	t.Parallel()
	const back = rollback + "1 --server-side=true --force-conflicts" + onCluster
	for name, tt := range map[string]struct {
		history runner.Reply
		calls   []string
	}{
		"nothing was begun":         {runner.Reply{Prefix: "helm history", Fails: "release: not found"}, nil},
		"it had ended":              {revisions("superseded", "deployed"), nil},
		"an upgrade was going on":   {revisions("deployed", "pending-upgrade"), []string{back}},
		"helm has cancelled it":     {revisions("deployed", "failed"), []string{back}},
		"a first install was begun": {revisions("failed"), []string{uninstall, unsecret}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, tt.history)
			fake.Allow(tt.calls...)
			require.NoError(t, r.Settle(t.Context()))
			assert.Equal(t, append([]string{history}, tt.calls...), fake.Lines())
		})
	}
}

func TestAReleaseThatCannotBeSettledInTimeIsLeftToTheNextDeploy(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t, revisions("deployed", "failed"), runner.Reply{Prefix: rollback, Fails: "signal: interrupt"})
	err := r.Settle(t.Context())
	assert.ErrorContains(t, err, "ending what was interrupted, which `mage deploy` does, too: going back to revision 1")
}
