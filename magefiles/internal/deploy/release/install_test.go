package release

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func upgradeCall(r Release, description string) string {
	return upgrade + r.chart() + " --values - --description " + description +
		" --wait --timeout 5m0s --server-side=true --force-conflicts" + onCluster
}

func TestFirstInstallRunsHelmWithTheValuesOnItsInput(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, absent)
	note, err := r.Install(t.Context(), settings)
	require.NoError(t, err)
	assert.Equal(t, "revision 1, every pod ready", note)
	assert.Equal(t,
		[]string{"get secrets", "get namespace/n", "apply --server-side", "apply --server-side", "helm upgrade"},
		verbs(fake))
	calls := fake.Calls()
	assert.Contains(t, fake.Lines(), status)
	for _, call := range calls {
		if strings.HasPrefix(call.Line, "helm upgrade") {
			assert.Equal(t, upgradeCall(r, mark(t, r)), call.Line)
			assert.JSONEq(t, `{"imagePullSecrets":[],"backend":{"image":{"repository":"todo-backend","tag":"b1"}},
				"frontend":{"image":{"repository":"todo-frontend","tag":"f1"}},
				"ingress":{"enabled":true,"host":"todo.local"},
				"httpRoute":{"enabled":false,"host":"todo.local",
					"parentRefs":[{"name":"traefik","namespace":"ingress-traefik"}]},
				"postgres":{"enabled":false},
				"networkPolicy":{"backendEgressPorts":[443,5432]},
				"secrets":{"existingSecret":"todo-app-settings","existingSecretRevision":"7"}}`, call.Stdin)
		}
	}
}

func TestSecretTravelsOnKubectlsInputOnly(t *testing.T) {
	t.Parallel()
	const encoded = "cG9zdGdyZXNxbDovL3U6aHVudGVyMkBkYi5leGFtcGxlLmNvbS90b2Rv" // base64 of the DATABASE_URL
	for name, replies := range map[string][]runner.Reply{
		"of an install that goes well": {absent},
		"of one that helm refuses": {absent, {Prefix: upgrade, Fails: "Error: chart is broken"},
			revisions("failed"), {Prefix: uninstall}, {Prefix: unsecret}},
		"of one that kubectl refuses": {absent, {Prefix: apply, Output: "{}", Times: 1},
			{Prefix: apply, Fails: "forbidden"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, replies...)
			_, err := r.Install(t.Context(), settings)
			if err != nil {
				assert.NotContains(t, err.Error(), password)
			}
			seen := 0
			for _, call := range fake.Calls() {
				assert.NotContains(t, call.Line+strings.Join(call.Env, " "), password)
				assert.NotContains(t, call.Line+strings.Join(call.Env, " "), encoded)
				if strings.Contains(call.Stdin, encoded) {
					seen++
					assert.Equal(t, apply, call.Line)
					assert.JSONEq(t,
						`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"todo-app-settings",`+
							`"labels":{"todo-app/made":"deploy"}},"data":{"DATABASE_URL":"`+encoded+`"}}`, call.Stdin)
				}
				assert.NotContains(t, call.Stdin, password)
			}
			assert.Equal(t, 1, seen)
		})
	}
}

func TestNamespaceIsAppliedBeforeTheSecretAndRestricted(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, absent)
	_, err := r.Install(t.Context(), settings)
	require.NoError(t, err)
	assert.Equal(t, apply, fake.Calls()[2].Line)
	assert.JSONEq(t,
		`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n",`+
			`"labels":{"pod-security.kubernetes.io/enforce":"restricted","todo-app/made":"deploy"}}}`, fake.Calls()[2].Stdin)
}

func TestWithoutADatabaseTheChartRunsItsOwn(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	values, err := r.prepare(t.Context(), Settings{Images: settings.Images}, nil)
	require.NoError(t, err)
	assert.Contains(t, string(values), `"postgres":{"enabled":true}`)
}

func TestAnUnchangedReleaseTakesNoMoreThanALook(t *testing.T) {
	t.Parallel()
	const key = "c2st" // base64 of sk-
	s := Settings{Images: settings.Images, Secrets: map[string]string{"OPENAI_API_KEY": "sk-"}}
	secret := func(labels, data string) runner.Reply {
		return there(objectOf("Namespace", ours), `{"kind":"Secret","metadata":{"resourceVersion":"7","labels":{`+labels+`},`+
			`"managedFields":[{"manager":"todo-app","operation":"Apply"}]},"data":{`+data+`}}`)
	}
	same := secret(ours, `"OPENAI_API_KEY":"`+key+`"`)
	for name, tt := range map[string]struct {
		secret runner.Reply
		ready  int
		after  []string // calls
	}{
		"where all is well":                       {same, 1, nil},
		"and a look until its pods are ready":     {same, 0, []string{workloads}},
		"and its Secret, of another value":        {secret(ours, `"OPENAI_API_KEY":"c2su"`), 1, []string{apply}},
		"and its Secret, with a value more":       {secret(ours, `"A":"","OPENAI_API_KEY":"`+key+`"`), 1, []string{apply}},
		"and its Secret, of an earlier version's": {secret("", `"OPENAI_API_KEY":"`+key+`"`), 1, []string{apply}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := releaseOf(t)
			values, err := s.values(SecretName, "7")
			require.NoError(t, err)
			description, err := fingerprint(r.chart(), values)
			require.NoError(t, err)
			r, fake := releaseOf(t, in(t, "deployed", 4, description, 0), tt.secret,
				runner.Reply{Prefix: live, Output: workloadList(tt.ready)},
				runner.Reply{Prefix: dryRun, Output: workloadList(tt.ready)})
			found, err := r.Look(t.Context(), false)
			require.NoError(t, err)
			before := len(fake.Lines())
			now := s
			now.Looked = &found
			note, err := r.Install(t.Context(), now)
			require.NoError(t, err)
			assert.Equal(t, "unchanged (revision 4)", note)
			assert.Equal(t, tt.after, append([]string(nil), fake.Lines()[before:]...))
		})
	}
}

func TestUnchangedReleaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	unchanged := []runner.Reply{in(t, "deployed", 4, mark(t, r), 0),
		there(objectOf("Namespace", ours), objectOf("Secret", ours))}
	r, fake := releaseOf(t, unchanged...)
	note, err := r.Install(t.Context(), settings)
	require.NoError(t, err)
	assert.Equal(t, "unchanged (revision 4)", note)
	lines := inOrder(fake.Lines())
	assert.Equal(t, []string{status, lookCall}, lines[:2])
	assert.ElementsMatch(t, []string{dryRun + " --validate=false -o json", live}, lines[2:4])
	assert.Equal(t, []string{getSecret + " --ignore-not-found -o json", apply, workloads}, lines[4:])
	for _, call := range fake.Calls() {
		if call.Line == live || strings.HasPrefix(call.Line, dryRun) {
			assert.Contains(t, call.Stdin, "helm.sh/chart: todo-app-", "what was installed is what is compared")
		}
	}
}

func TestReleaseIsUpgradedWhenAnythingDiffers(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	same := mark(t, r)
	for name, replies := range map[string][]runner.Reply{
		"other sources": {in(t, "deployed", 4, "mage deploy 0", 0)},
		"a Secret that has changed": {in(t, "deployed", 4, same, 0),
			{Prefix: apply, Output: `{"metadata":{"resourceVersion":"8"}}`}},
		"a failed last run": {in(t, "failed", 4, same, 0)},
		"an object that is gone": {in(t, "deployed", 4, same, 0),
			{Prefix: dryRun, Output: objectList(workload("1", "b:1", "helm"))}},
		"objects that cannot be compared": {in(t, "deployed", 4, same, 0), {Prefix: dryRun, Fails: "forbidden"}},
		"a manifest that is lost": {
			{Prefix: status, Output: testkit.HelmKeeps(t, map[int]string{
				4: `{"info":{"status":"deployed","description":"` + same + `"},"version":4}`})}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, replies...)
			note, err := r.Install(t.Context(), settings)
			require.NoError(t, err)
			assert.Equal(t, "revision 5, every pod ready", note)
			assert.Contains(t, verbs(fake), "helm upgrade")
			assert.NotContains(t, verbs(fake), "helm rollback")
		})
	}
}

func TestUnchangedReleaseWaitsForItsPods(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	same := mark(t, r)
	notYet := runner.Reply{Prefix: workloads, Output: workloadList(0), Times: 3}
	synctest.Test(t, func(t *testing.T) {
		r, fake := releaseOf(t, in(t, "deployed", 4, same, 0), notYet)
		note, err := r.Install(t.Context(), settings)
		require.NoError(t, err)
		assert.Equal(t, "unchanged (revision 4)", note)
		assert.Equal(t, 4, strings.Count(strings.Join(fake.Lines(), "\n"), workloads))
	})
}

func TestUnchangedReleaseWhosePodsStayAwayIsExplained(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	same := mark(t, r)
	for name, tt := range map[string]struct{ pods, says string }{
		"by a pod": {podList(`"state":{"running":{}}`),
			"pod todo-app-backend-5d is not starting, container backend: NotReady"},
		"where no pod can be made": {`{"items":[]}`,
			"todo-app-backend not ready: `kubectl --context kind-x -n n get events` says why"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, fake := releaseOf(t, in(t, "deployed", 4, same, 0),
					runner.Reply{Prefix: workloads, Output: workloadList(0)},
					runner.Reply{Prefix: getPods, Output: tt.pods})
				fake.Allow(events, logs)
				_, err := r.Install(t.Context(), settings)
				require.ErrorContains(t, err, "waiting for the pods: after 5m0s, ")
				assert.ErrorContains(t, err, tt.says)
				assert.NotContains(t, err.Error(), "%!")
			})
		})
	}
}

func TestCancelledWaitReturnsItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("another step failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	r, fake := releaseOf(t)
	_, err := r.Install(ctx, settings)
	assert.ErrorIs(t, err, cause)
	assert.Empty(t, fake.Lines())
}

func TestFingerprintFollowsChartAndValues(t *testing.T) {
	t.Parallel()
	of := func(change func(root string), values string) string {
		r, _ := releaseOf(t)
		change(r.Root)
		text, err := fingerprint(r.chart(), []byte(values))
		require.NoError(t, err)
		return text
	}
	base := of(func(string) {}, `{"a": {"b": 1}}`)
	assert.Regexp(t, "^mage deploy [0-9a-f]{24}$", base)
	assert.Equal(t, base, of(func(string) {}, `{"a": {"b": 1}}`), "the same in another clone")
	assert.NotEqual(t, base, of(func(string) {}, `{"a": {"b": 2}}`))
	assert.NotEqual(t, base, of(func(root string) { writeChart(t, root, "Chart.yaml", "name: x\n") }, `{"a": {"b": 1}}`))
	assert.NotEqual(t, base, of(func(root string) { writeChart(t, root, "templates/x.yaml", "") }, `{"a": {"b": 1}}`))
	_, err := fingerprint("/no/such/chart", nil)
	assert.ErrorContains(t, err, "reading the chart: ")
}

func TestWhatThisProcessHasInstalledIsNotComparedAgain(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{false, true} {
		r, fake := releaseOf(t, in(t, "deployed", 3, "mage deploy of other sources", 0))
		s := settings
		s.Known = known
		note, err := r.Install(t.Context(), s)
		require.NoError(t, err)
		assert.Equal(t, "revision 4, every pod ready", note)
		compared := slices.ContainsFunc(fake.Lines(), func(line string) bool { return strings.HasPrefix(line, dryRun) })
		assert.Equal(t, !known, compared)
	}
}
