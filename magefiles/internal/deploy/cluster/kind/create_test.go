package kind

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/runner"
)

func TestFailedCreationIsNotMarked(t *testing.T) {
	t.Parallel()
	k, fake, library := onPort(t, freePort(t))
	library.createFails = errors.New("could not find a log line")
	assert.ErrorContains(t, k.Create(t.Context()), `creating the kind cluster "x": could not find a log line`)
	assert.Equal(t, []string{volumes}, fake.Lines())
}

func TestInterruptedCreationRemovesItsNode(t *testing.T) {
	t.Parallel()
	k, fake, library := onPort(t, freePort(t))
	cause := errors.New("another step failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	k.library = &interrupted{fakeLibrary: library, removed: make(chan struct{}), interrupt: func() { cancel(cause) }}
	assert.ErrorIs(t, k.Create(ctx), cause)
	assert.Equal(t, []string{"delete x", "delete x but its entries"}, library.calls,
		"the user's kubeconfig has none of this creation")
	assert.NotContains(t, strings.Join(fake.Lines(), "\n"), "touch")
}

func TestANewNodeGetsTheImagesThatTheMachineHasWhileItStarts(t *testing.T) {
	t.Parallel()
	const awake, sent = "docker exec x-control-plane ctr version", "docker save todo-backend:1"
	k, fake, _ := onPort(t, freePort(t), runner.Reply{Prefix: awake, Fails: "No such container", Times: 1},
		runner.Reply{Prefix: "docker image inspect --format {{.Id}} todo-backend:1", Output: "sha256:b"},
		runner.Reply{Prefix: "docker exec x-control-plane crictl images", Output: "{}"})
	fake.Allow(touch, awake, sent, "docker exec x-control-plane ctr --namespace k8s.io images list",
		"docker exec --interactive x-control-plane ctr --namespace k8s.io images import -")
	k.Images = func(context.Context) []string { return []string{"todo-backend:1"} }
	require.NoError(t, k.Create(t.Context()), "the images step says what is not there")
	assert.Contains(t, fake.Lines(), sent)
	k.Images = func(context.Context) []string { return nil }
	before := len(fake.Lines())
	require.NoError(t, k.Create(t.Context()))
	assert.NotContains(t, fake.Lines()[before:], sent)
}

// interrupted is kind's library when the user presses Ctrl-C during a creation, which ends with the node's removal only.
type interrupted struct {
	*fakeLibrary
	removed   chan struct{}
	begun     bool
	interrupt func()
}

func (i *interrupted) Create(string, ...kind.CreateOption) error {
	i.begun = true
	i.interrupt()
	<-i.removed
	return errors.New("no such container")
}

func (i *interrupted) Delete(name, kubeconfig string) error {
	if i.begun {
		defer close(i.removed)
	}
	return i.fakeLibrary.Delete(name, kubeconfig)
}
