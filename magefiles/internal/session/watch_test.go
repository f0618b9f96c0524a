package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/testkit"
)

func TestWhatNoSourceChangesIsDoneOnceAndTheRestInEachRound(t *testing.T) {
	t.Parallel()
	s, _ := newSession(t, config.Secrets{})
	var ran []string
	step := func(name string, err error) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { ran = append(ran, name); return "", err }
	}
	broken := errors.New("broken")
	require.ErrorIs(t, s.Once(t.Context(), "cluster", step("cluster", broken)), broken)
	assert.True(t, s.rounds.failed)
	s.next()
	require.NoError(t, s.Failure(), "a failure is that of one round")
	for range 2 {
		require.NoError(t, s.Once(t.Context(), "cluster", step("cluster", nil)))
		require.NoError(t, s.Step(t.Context(), "build", step("build", nil)))
		s.next()
	}
	assert.Equal(t, []string{"cluster", "cluster", "build", "build"}, ran)
	assert.Equal(t, 3, s.Round())
	assert.Empty(t, s.Report.Times(), "earlier rounds are forgotten")
}

func TestAStepThatAnothersFailureStoppedIsNoneThatNoSaveMends(t *testing.T) {
	t.Parallel()
	s, _ := newSession(t, config.Secrets{})
	started, ended := make(chan struct{}), make(chan error)
	go func() {
		ended <- s.Once(t.Context(), "helm", func(ctx context.Context) (string, error) {
			close(started)
			<-ctx.Done()
			return "", context.Cause(ctx)
		})
	}()
	<-started
	require.Error(t, s.Step(t.Context(), "build", func(context.Context) (string, error) { return "", errors.New("x") }))
	require.Error(t, <-ended)
	assert.False(t, s.rounds.failed)
}

func TestSettingsAreReadAgainForTheSameCluster(t *testing.T) {
	t.Parallel()
	s, out := newSession(t, config.Secrets{"OPENAI_API_KEY": "sk-the-first"})
	s.Config.Namespace = "todo-app"
	s.Config.Kubeconfigs = []string{filepath.Join(s.Config.Cache, "kubeconfig")}
	env := map[string]string{"TODO_CLUSTER": "kind", "TODO_PROFILE": "p", "TODO_CACHE": s.Config.Cache,
		"KUBECONFIG": s.Config.Kubeconfigs[0]}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	write := func(text string) { testkit.WriteFiles(t, s.Config.Root, map[string]string{".env": text}) }

	write("TODO_HOST=other.localhost\nOPENAI_API_KEY=sk-the-second\n")
	require.NoError(t, s.reload(lookup))
	assert.Equal(t, "other.localhost", s.Config.Host)
	assert.Same(t, s.Deployment, s.Workbench.App)
	s.Report.Print("sk-the-first sk-the-second")
	assert.Contains(t, out.String(), "[redacted] [redacted]", "pods of both may print")

	for name, value := range map[string]string{"TODO_PROFILE": "q", "TODO_CLUSTER": "minikube"} {
		before := env[name]
		env[name] = value
		assert.ErrorContains(t, s.reload(lookup), "end `mage watch` with Ctrl-C and start it again")
		env[name] = before
	}
	write("TODO_HOST=???\n")
	assert.ErrorContains(t, s.reload(lookup), "TODO_HOST")
	assert.Equal(t, "other.localhost", s.Config.Host, "bad settings change nothing")
	require.NoError(t, os.Remove(filepath.Join(s.Config.Root, ".env")))
	require.NoError(t, s.reload(lookup))
	assert.Equal(t, "todo.local", s.Config.Host)
}
