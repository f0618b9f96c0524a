package release

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

const (
	waitTrial = "kubectl --context kind-x --namespace n wait pod/todo-app-database-trial " +
		"--for=jsonpath={.status.phase}=Succeeded --timeout=170s"
	clearTrial = kubectl +
		"delete pod/todo-app-database-trial secret/todo-app-database-trial --ignore-not-found --grace-period=1"
	leavers   = kubectl + "get pods --selector app.kubernetes.io/instance=todo-app,app.kubernetes.io/component=backend"
	trialPods = kubectl + "get -o json pods,replicasets,statefulsets,persistentvolumeclaims --selector app.kubernetes.io/name=todo-app-database-trial"
)

// installing is what Install says on its way, and its error.
func installing(t *testing.T, r Release, s Settings) (string, error) {
	t.Helper()
	var out strings.Builder
	err := report.Plain(&out).Run(t.Context(), "install",
		func(ctx context.Context) (string, error) { return r.Install(ctx, s) })
	return out.String(), err
}

func TestAnotherDatabaseIsTriedBeforeAnythingIsChanged(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, in(t, "deployed", 3, "older", 0),
		runner.Reply{Prefix: getSecret, Output: liveSecret("postgresql://u@elsewhere/todo")},
		runner.Reply{Prefix: waitTrial, Fails: "timed out waiting for the condition"},
		runner.Reply{Prefix: trialPods, Output: `{"items":[]}`})
	_, err := installing(t, r, settings)
	require.ErrorContains(t, err, "trying the database that DATABASE_URL names (nothing is changed yet): ")
	lines := fake.Lines()
	assert.Equal(t, clearTrial, lines[len(lines)-1], "what tried it is removed")
	for _, line := range lines {
		assert.NotContains(t, line, "helm upgrade")
		assert.NotContains(t, line, password)
	}
	rendered := false
	for _, call := range fake.Calls() {
		assert.NotContains(t, call.Stdin, `"name":"todo-app-settings"`, "the release's own Secret stays")
		if strings.HasPrefix(call.Line, "helm template todo-app ") {
			rendered = true
			assert.Contains(t, call.Stdin, `"existingSecret":"todo-app-database-trial"`)
		}
	}
	assert.True(t, rendered, "the pod is the chart's own")
}

func TestATrialThatFailsTellsWhatItsProgramSaid(t *testing.T) {
	t.Parallel()
	const failed = `{"items":[{"kind":"Pod","metadata":{"name":"todo-app-database-trial","uid":"new"},
		"status":{"phase":"Failed","containerStatuses":[{"name":"backend","image":"todo-backend:b1","ready":false,
		"state":{"terminated":{"exitCode":1,"reason":"Error","message":"no such host"}}}]}}]}`
	r, _ := releaseOf(t, absent, runner.Reply{Prefix: getSecret}, runner.Reply{Prefix: waitTrial, Does: runner.Hangs},
		runner.Reply{Prefix: trialPods, Output: `{"items":[]}`, Times: 1},
		runner.Reply{Prefix: trialPods, Output: failed}, runner.Reply{Prefix: events})
	_, err := installing(t, r, settings)
	require.ErrorContains(t, err,
		"pod todo-app-database-trial is not starting, container backend: Failed: its program ended with exit code 1")
	require.ErrorContains(t, err, "no such host")
	require.ErrorContains(t, err, "what to do: ")
}

func TestADatabaseThatIsUsedAlreadyIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, in(t, "deployed", 3, "older", 0))
	_, err := installing(t, r, settings)
	require.NoError(t, err)
	assert.NotContains(t, fake.Lines(), waitTrial)
}

func TestPodsOfThePreviousRevisionKeepTheirDatabaseUntilTheyAreGone(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, in(t, "deployed", 1, "older", 0),
		there(objectOf("StatefulSet", "")),
		runner.Reply{Prefix: leavers, Output: "2026-01-01T00:00:00Z", Times: 1}, runner.Reply{Prefix: leavers})
	out, err := installing(t, r, settings)
	require.NoError(t, err)
	assert.Contains(t, out, "revision 3, every pod ready")
	var steps []string
	for _, call := range fake.Calls() {
		switch {
		case strings.HasPrefix(call.Line, "helm upgrade") &&
			strings.HasSuffix(call.Line, " --set postgres.standby=true"+onCluster):
			steps = append(steps, "upgrade with both")
		case strings.HasPrefix(call.Line, "helm upgrade"):
			steps = append(steps, "upgrade")
		case strings.HasPrefix(call.Line, leavers):
			steps = append(steps, "look")
		}
	}
	assert.Equal(t, []string{"upgrade with both", "look", "look", "upgrade"}, steps)
}

func TestASwitchOfTheDatabaseIsTold(t *testing.T) {
	t.Parallel()
	postgres := objectOf("StatefulSet", "")
	embedded := Settings{Images: settings.Images, Host: settings.Host}
	for name, tt := range map[string]struct {
		status   runner.Reply
		postgres string
		settings Settings
		says     string
	}{
		"to an external one": {in(t, "deployed", 1, "older", 0), postgres, settings,
			"the app has moved to the database that DATABASE_URL names; " +
				"the embedded one is stopped and keeps its data"},
		"back to the embedded one": {in(t, "deployed", 1, "older", 0), "", embedded,
			"the app is back on the embedded database, as it was left"},
		"unless it stays external": {in(t, "deployed", 1, "older", 0), "", settings, ""},
		"unless it stays embedded": {in(t, "deployed", 1, "older", 0), postgres, embedded, ""},
		"unless it is the first":   {absent, "", settings, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, tt.status, there(tt.postgres))
			fake.Allow(leavers)
			out, err := installing(t, r, tt.settings)
			require.NoError(t, err)
			if tt.says == "" {
				assert.NotContains(t, out, "database")
			} else {
				assert.Contains(t, out, tt.says)
			}
		})
	}
}

func TestTheEmbeddedDatabaseIsSavedBeforeAnUpgradeAndNothingIsUpgradedWithoutIt(t *testing.T) {
	t.Parallel()
	postgres := objectOf("StatefulSet", "")
	embedded, external := settings, settings
	embedded.Secrets = nil
	for name, tt := range map[string]struct {
		status   runner.Reply
		postgres string
		settings Settings
		saves    int
	}{
		"an upgrade":           {in(t, "deployed", 1, "another", 0), postgres, embedded, 1},
		"the first install":    {absent, postgres, embedded, 0},
		"back to the embedded": {in(t, "deployed", 1, "another", 0), "", embedded, 0},
		"to an external one":   {in(t, "deployed", 1, "another", 0), postgres, external, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, tt.status, there(tt.postgres))
			saves := 0
			r.Save = func(context.Context, Status) error {
				saves++
				return errors.New("no space left")
			}
			fake.Allow(leavers)
			_, err := installing(t, r, tt.settings)
			assert.Equal(t, tt.saves, saves)
			upgraded := slices.ContainsFunc(fake.Lines(), func(line string) bool { return strings.HasPrefix(line, upgrade) })
			assert.Equal(t, tt.saves == 0, upgraded)
			if tt.saves > 0 {
				require.ErrorContains(t, err, "no space left")
			}
		})
	}
}
