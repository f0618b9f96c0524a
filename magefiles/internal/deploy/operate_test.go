package deploy

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

// inState is a cluster that is in a state, and reached where the other one is.
type inState struct {
	*reachedBy
	state  cluster.State
	engine bool
}

func (c inState) Answers(context.Context) bool                 { return c.engine }
func (c inState) State(context.Context) (cluster.State, error) { return c.state, nil }
func (inState) Name() string                                   { return `kind cluster "todo-app"` }

func TestADeploymentThatCannotBeUsedIsSaidToBeMissingWithoutWaiting(t *testing.T) {
	t.Parallel()
	for says, tt := range map[string]struct {
		state  cluster.State
		engine bool
		helm   []runner.Reply
	}{
		"no Docker Engine answers; `mage deploy` starts it":          {engine: false},
		`the kind cluster "todo-app" is absent; ` + "`mage deploy`":  {state: cluster.Absent, engine: true},
		`the kind cluster "todo-app" is stopped; ` + "`mage deploy`": {state: cluster.Stopped, engine: true},
		"but the app is not installed there; `mage deploy` installs it": {state: cluster.Running, engine: true,
			helm: []runner.Reply{{Prefix: revisions, Output: `{"items":[]}`}}},
		"looking where the app answers: it does not at": {state: cluster.Running, engine: true,
			helm: []runner.Reply{installed(t, `{"version": 3}`)}},
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			d, provider, _ := reachable(t, "todo.local", silent(t))
			d.Cluster = inState{provider, tt.state, tt.engine}
			d.Release.Kubectl = kube.Kubectl{Runner: runner.NewFake(t, tt.helm...), Context: "x", Namespace: "n"}
			_, err := d.Reach(t.Context())
			assert.ErrorContains(t, err, says)
		})
	}
}

func TestADeploymentIsReachedWhereItAnswers(t *testing.T) {
	t.Parallel()
	works := answers(t)
	d, provider, _ := reachable(t, "todo.local", silent(t), works)
	d.Cluster = inState{provider, cluster.Running, true}
	fake := runner.NewFake(t, installed(t, `{"version": 3}`))
	d.Release.Kubectl = kube.Kubectl{Runner: fake, Context: "x", Namespace: "n"}
	found, err := d.Reach(t.Context())
	require.NoError(t, err)
	assert.Equal(t, works.Address, found.Address)
}
