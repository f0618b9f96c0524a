package lock

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheSecondSaysThatItWaitsAndComesAfterTheFirst(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "folder", "lock")
	first, err := Wait(t.Context(), path, func() { assert.Fail(t, "nobody has it") })
	require.NoError(t, err)
	ended := false
	second, err := Wait(t.Context(), path, func() { ended = true; first() })
	require.NoError(t, err)
	assert.True(t, ended)
	second()
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Wait(t.Context(), path, nil)
	require.NoError(t, err)
	defer unlock()
	why := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err = Wait(ctx, path, func() { cancel(why) })
	assert.ErrorIs(t, err, why)
}
