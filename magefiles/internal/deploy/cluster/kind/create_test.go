package kind

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	kind "sigs.k8s.io/kind/pkg/cluster"
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
