package current

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const backendRef = "registry.example.com/team/todo-backend:1"

func current(t *testing.T, replies ...runner.Reply) (Cluster, *runner.Fake) {
	fake := runner.NewFake(t, replies...)
	return Cluster{Runner: fake, Context: "work", Namespace: "n", Images: "registry.example.com/team"}, fake
}

func TestACurrentContextIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	const ready = "kubectl --context work --request-timeout 5s get --raw /readyz"
	c, fake := current(t, runner.Reply{Prefix: ready})
	note, err := c.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `kube context "work" answers`, note)
	assert.Equal(t, []string{ready}, fake.Lines())
	note, err = c.Prepare(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "not needed", note)
	c, _ = current(t, runner.Reply{Prefix: ready, Fails: "no such host"})
	_, err = c.State(t.Context())
	assert.ErrorContains(t, err, `reaching the cluster of the kube context "work": start it, or choose another`)
}

func forwarded(context.Context) (address.Candidate, error) {
	return address.Candidate{Label: "port-forward"}, nil
}

func TestACurrentContextMayAnswerAtItsNodes(t *testing.T) {
	t.Parallel()
	c, _ := current(t,
		runner.Reply{Prefix: "kubectl --context work --namespace n --request-timeout 20s get nodes",
			Output: "203.0.113.7\n10.0.0.7\nnode-b.internal\n10.0.0.8"})
	addresses, err := c.Addresses(t.Context(), forwarded)
	require.NoError(t, err)
	assert.Equal(t,
		[]address.Candidate{address.NodeIP("203.0.113.7"), address.NodeIP("10.0.0.7"), address.NodeIP("10.0.0.8"),
			{Label: "port-forward"}}, addresses)
}

func TestACurrentContextIsNeverRemoved(t *testing.T) {
	t.Parallel()
	c, fake := current(t)
	require.ErrorContains(t, c.Delete(t.Context()), "this project did not make it")
	assert.Empty(t, fake.Lines())
}

func TestTheAppsImagesArePushedWhereTheRegistryLacksThem(t *testing.T) {
	t.Parallel()
	look, push := "docker manifest inspect "+backendRef, "docker push --quiet "+backendRef
	for name, tt := range map[string]struct {
		replies []runner.Reply
		pushed  []string
		calls   []string
		says    string
	}{
		"it has it": {nil, nil, []string{look}, ""},
		"it lacks it": {[]runner.Reply{{Prefix: look, Fails: "no such manifest"}}, []string{backendRef},
			[]string{look, push}, ""},
		"it may not be asked": {[]runner.Reply{{Prefix: look, Fails: "denied"}, {Prefix: push, Fails: "denied"}}, nil,
			[]string{look, push}, "`docker login registry.example.com`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, fake := current(t, tt.replies...)
			fake.Allow(tt.calls...)
			pushed, err := c.Load(t.Context(), backendRef, "postgres:15-bookworm")
			assert.Equal(t, tt.pushed, pushed)
			assert.Equal(t, tt.calls, fake.Lines(), "what others publish is the cluster's to pull")
			testkit.ErrorSays(t, err, tt.says)
		})
	}
}
