package release

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestWorkloads(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  string
		ready   int
		settled bool
	}{
		"every pod is ready":               {`"observedGeneration":2,"updatedReplicas":2,"readyReplicas":2`, 2, true},
		"one pod is not ready":             {`"observedGeneration":2,"updatedReplicas":2,"readyReplicas":1`, 1, false},
		"an old pod is still there":        {`"observedGeneration":2,"updatedReplicas":1,"readyReplicas":3`, 3, false},
		"the change has not been seen yet": {`"observedGeneration":1,"updatedReplicas":2,"readyReplicas":2`, 2, false},
		"nothing has been seen yet":        {``, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := releaseOf(t, runner.Reply{Prefix: workloads, Output: `{"items":[{
				"metadata":{"name":"todo-app-backend","generation":2},"spec":{"replicas":2,
				"template":{"spec":{"containers":[{"image":"todo-backend:b1"},{"image":"other"}]}}},
				"status":{` + tt.status + `}}]}`})
			got, err := r.Workloads(t.Context())
			require.NoError(t, err)
			assert.Equal(t,
				[]Workload{{Name: "todo-app-backend", Image: "todo-backend:b1", Ready: tt.ready, Wanted: 2,
					Settled: tt.settled}}, got)
		})
	}
}

func TestWorkloadsThatCannotBeReadAreAnError(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t, runner.Reply{Prefix: workloads, Fails: "connection refused"})
	_, err := r.Workloads(t.Context())
	assert.ErrorContains(t, err, "looking at the release's workloads: ")
}
