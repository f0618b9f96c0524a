package release

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

const getNamespace = kubectl + "get namespace n --ignore-not-found -o json"

// terminating is a namespace that was deleted, with conditions of type and message.
func terminating(finalizers string, conditions ...string) string {
	var list []string
	for i := 0; i < len(conditions); i += 2 {
		list = append(list, `{"type":"`+conditions[i]+`","status":"True","message":"`+conditions[i+1]+`"}`)
	}
	return `{"kind":"Namespace","metadata":{"name":"n","finalizers":[` + finalizers + `]},"status":{"phase":"Terminating","conditions":[` +
		strings.Join(list, ",") + `]}}`
}

func TestANamespaceThatIsBeingDeletedIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := terminating("", "NamespaceContentRemaining", "Some resources are remaining: pods. has 1 resource instances",
			"NamespaceFinalizersRemaining", "Some content in the namespace has finalizers remaining: "+
				"kubernetes.io/pvc-protection in 1 resource instances")
		r, fake := releaseOf(t, absent, there(gone),
			runner.Reply{Prefix: getNamespace, Output: gone, Times: 40}, runner.Reply{Prefix: getNamespace})
		note, err := r.Install(t.Context(), settings)
		require.NoError(t, err)
		assert.Equal(t, "revision 1, every pod ready", note)
		assert.Contains(t, fake.Calls()[43].Stdin, "restricted", "it is made again")
	})
}

func TestANamespaceThatCannotGoIsToldInSecondsWithWhatKeepsIt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		state string
		says  []string
	}{
		"a finalizer of an object": {terminating("",
			"NamespaceContentRemaining", "Some resources are remaining: configmaps. has 1 resource instances",
			"NamespaceFinalizersRemaining", "Some content has finalizers remaining: example.com/hold in 1 resource instances"),
			[]string{"example.com/hold in 1 resource instances",
				"`kubectl --context kind-x -n n patch configmaps held --type merge --patch '{\"metadata\":{\"finalizers\":null}}'`",
				"is not cleaned up"}},
		"a finalizer of its own": {terminating(`"example.com/hold"`),
			[]string{"it has the finalizer example.com/hold", "patch namespace n --type merge"}},
		"an API that does not answer": {terminating("", "NamespaceDeletionDiscoveryFailure", "Discovery failed for metrics"),
			[]string{"Discovery failed for metrics", "get apiservices"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r, _ := releaseOf(t, absent, there(tt.state),
					runner.Reply{Prefix: getNamespace, Output: tt.state},
					runner.Reply{Prefix: kubectl + "get -o json configmaps", Output: `{"items":[
						{"metadata":{"name":"free"}},{"metadata":{"name":"held","finalizers":["example.com/hold"]}}]}`})
				start := time.Now()
				_, err := r.Install(t.Context(), settings)
				assert.Less(t, time.Since(start), 10*time.Second)
				for _, part := range append(tt.says, "waiting for the namespace n, which somebody has deleted, to be gone") {
					assert.ErrorContains(t, err, part)
				}
			})
		})
	}
}
