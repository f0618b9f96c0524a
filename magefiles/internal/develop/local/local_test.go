//go:build !windows

package local

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/runner"
)

func shell(script string) runner.Command { return runner.Cmd("sh", "-c", script) }

func app() *App {
	return &App{Runner: runner.Exec{}, Log: func(string) io.Writer { return io.Discard }}
}

func TestTheFirstServerThatEndsTellsWhy(t *testing.T) {
	t.Parallel()
	a := app()
	_, err := a.Start(chart.Frontend, "", shell("sleep 3600"))
	require.NoError(t, err)
	_, err = a.Start(chart.Backend, "", shell("echo no such table >&2; exit 3"))
	require.NoError(t, err)
	err = a.Wait(t.Context())
	assert.ErrorContains(t, err, "the backend has ended: ")
	assert.ErrorContains(t, err, "no such table")
	a.Stop()
}

func TestWaitingEndsWithTheContextAndStoppingEndsTheDatabaseLast(t *testing.T) {
	t.Parallel()
	a := app()
	database, err := a.Start(postgres, "", shell("sleep 3600"))
	require.NoError(t, err)
	backend, err := a.Start(chart.Backend, "", shell("trap 'sleep 0.3; exit' INT; while :; do sleep 0.02; done"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("interrupted")
	cancel(why)
	require.ErrorIs(t, a.Wait(ctx), why)
	go a.Stop()
	select {
	case <-backend.Process.Ended():
	case <-database.Process.Ended():
		require.Fail(t, "the database ended before the backend, which may be writing")
	}
	<-database.Process.Ended()
}

func TestAServerThatDoesNotAnswerOrEndsFirstIsToldOf(t *testing.T) {
	t.Parallel()
	a := app()
	defer a.Stop()
	silent, err := a.Start(chart.Backend, "http://127.0.0.1:1", shell("sleep 3600"))
	require.NoError(t, err)
	assert.ErrorContains(t, silent.Answers(t.Context(), "/ready", 50*time.Millisecond, isOK),
		"waiting for the backend: http://127.0.0.1:1/ready did not answer")
	ending, err := a.Start(chart.Backend, "http://127.0.0.1:1", shell("echo broken; exit 2"))
	require.NoError(t, err)
	assert.ErrorContains(t, ending.Answers(t.Context(), "/ready", time.Minute, isOK), "broken")
}
