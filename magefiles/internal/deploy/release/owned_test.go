package release

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// there answers with the objects of the namespace and its Secret.
func there(objects ...string) runner.Reply {
	return runner.Reply{
		Prefix: kubectl + "get namespace/n",
		Output: `{"kind":"List","items":[` + strings.Join(objects, ",") + `]}`,
	}
}

// object is one with labels and managers, each "manager operation fields".
func objectOf(kind, labels string, managers ...string) string {
	var fields []string
	for _, m := range managers {
		part := strings.SplitN(m, " ", 3)
		fields = append(fields, fmt.Sprintf(`{"manager":%q,"operation":%q,"fieldsV1":%s}`, part[0], part[1], part[2]))
	}
	return fmt.Sprintf(`{"kind":%q,"metadata":{"name":"n","labels":{%s},"managedFields":[%s]}}`, kind, labels,
		strings.Join(fields, ","))
}

const (
	ours       = `"todo-app/made":"deploy","pod-security.kubernetes.io/enforce":"restricted"`
	applied    = `todo-app Apply {"f:metadata":{"f:labels":{"f:pod-security.kubernetes.io/enforce":{}}}}`
	byUser     = `kubectl-create Update {"f:metadata":{"f:labels":{".":{},"f:kubernetes.io/metadata.name":{}}}}`
	secretByIt = `kubectl-create Update {"f:data":{".":{},"f:a":{}},"f:type":{}}`
)

func TestOnlyANamespaceThatIsTheProjectsIsLabelled(t *testing.T) {
	t.Parallel()
	const labels = `{"pod-security.kubernetes.io/enforce":"restricted","todo-app/made":"deploy"}`
	for name, tt := range map[string]struct {
		namespace string
		applied   string // the labels
	}{
		"none yet":                                        {"", labels},
		"one that this project made":                      {objectOf("Namespace", ours), ""},
		"one that an earlier version made":                {objectOf("Namespace", `"pod-security.kubernetes.io/enforce":"restricted"`, applied), labels},
		"somebody else's":                                 {objectOf("Namespace", "", byUser), ""},
		"somebody else's, labelled by an earlier version": {objectOf("Namespace", "", byUser, applied), "{}"},
		"one of which somebody took the label away":       {objectOf("Namespace", `"todo-app/made":"deploy"`), labels},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply := there(tt.namespace)
			if tt.namespace == "" {
				reply.Output = ""
			}
			r, fake := releaseOf(t, absent, reply)
			_, err := r.Install(t.Context(), settings)
			require.NoError(t, err)
			var manifest string
			for _, c := range fake.Calls() {
				if strings.Contains(c.Stdin, `"kind":"Namespace"`) {
					manifest = c.Stdin
				}
			}
			if tt.applied == "" {
				assert.Empty(t, manifest)
				return
			}
			assert.JSONEq(t, `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n","labels":`+tt.applied+`}}`, manifest)
		})
	}
}

func TestWhatSomebodyElseHasUnderTheReleasesNamesIsRefusedBeforeAnythingIsChanged(t *testing.T) {
	t.Parallel()
	other := runner.Reply{Prefix: status, Output: testkit.HelmKeeps(t, map[int]string{
		1: `{"version":1,"info":{"status":"pending-install"},"manifest":"labels: {helm.sh/chart: wordpress-1.0.0}"}`})}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		says    string
	}{
		"a Secret": {[]runner.Reply{absent, there(objectOf("Namespace", ours), objectOf("Secret", "", secretByIt))}, `the Secret "n" in the cluster`},
		"a Secret that an earlier version wrote to": {[]runner.Reply{absent, there(objectOf("Secret", "", secretByIt, `todo-app Apply {"f:data":{}}`))}, `the Secret "n" in the cluster`},
		"a release of another chart":                {[]runner.Reply{other}, `the helm release "todo-app" in the namespace "n"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, tt.replies...)
			_, install := r.Install(t.Context(), settings)
			_, uninstall := r.Uninstall(t.Context())
			for call, err := range map[string]error{"install": install, "down": uninstall, "doctor": r.Check(t.Context())} {
				require.ErrorContains(t, err, tt.says, call)
				assert.True(t, owned.IsForeign(err), call)
				assert.ErrorContains(t, err, "TODO_NAMESPACE", call)
			}
			for _, call := range fake.Lines() {
				assert.Contains(t, []string{status, lookCall}, call)
			}
		})
	}
}

func TestDownSaysWhetherThereWasARelease(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		found   bool
		calls   []string
	}{
		"a release":                    {[]runner.Reply{in(t, "deployed", 1, "", 0), there(objectOf("Secret", ours))}, true, []string{status, lookCall, uninstall, unsecret}},
		"a Secret, and no release yet": {[]runner.Reply{absent, there(objectOf("Secret", ours))}, false, []string{status, lookCall, uninstall, unsecret}},
		"nothing":                      {[]runner.Reply{absent}, false, []string{status, lookCall}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, tt.replies...)
			fake.Allow(uninstall, unsecret)
			found, err := r.Uninstall(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.found, found)
			assert.Equal(t, tt.calls, inOrder(fake.Lines()))
		})
	}
}
