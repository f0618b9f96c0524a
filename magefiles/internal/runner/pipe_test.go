//go:build !windows

package runner

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipePassesEverythingOn(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, Pipe(t.Context(), Exec{}, sh("head -c 3000000 /dev/zero"), sh("wc -c").WithStdout(&out)))
	assert.Equal(t, "3000000", strings.TrimSpace(out.String()))
}

func TestPipeReturnsTheFailureThatCameFirst(t *testing.T) {
	t.Parallel()
	const endless = "while :; do echo x; done"
	for name, tt := range map[string]struct{ from, to, says string }{ // the other side is ended: it would run for ever
		"the writer fails and the reader waits":       {"echo half; echo why >&2; exit 3", "cat >/dev/null", "why"},
		"the reader fails and the writer goes on":     {endless, "echo why >&2; exit 4", "why"},
		"the reader fails after a part of the stream": {endless, "head -n 5 >/dev/null; echo why >&2; exit 4", "why"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := Pipe(t.Context(), Exec{grace: time.Hour}, sh(tt.from), sh(tt.to))
			var run *RunError
			require.ErrorAs(t, err, &run)
			assert.Equal(t, tt.says, run.Output)
		})
	}
}

func TestPipeToAReaderThatEndsEarlyIsNoFailure(t *testing.T) {
	t.Parallel()
	assert.NoError(t, Pipe(t.Context(), Exec{}, sh("head -c 3000000 /dev/zero"), sh("head -c 10 >/dev/null")))
}

func TestPipeFailsWithAWriterThatFailsAfterItsReaderEnded(t *testing.T) {
	t.Parallel()
	err := Pipe(t.Context(), Exec{}, sh("head -c 3000000 /dev/zero; echo why >&2; exit 5"), sh("head -c 10 >/dev/null"))
	assert.Equal(t, "why", Output(err))
}

func TestPipeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	flows := writerFunc(func(p []byte) (int, error) { cancel(interrupted); return len(p), nil })
	err := Pipe(ctx, Exec{}, sh("while :; do echo x; done"), sh("cat").WithStdout(flows))
	assert.ErrorIs(t, err, interrupted)
}
