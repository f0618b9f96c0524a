package testsuite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// clone is a folder that looks like a clone, whose end-to-end tests have run, with a cache.
func clone(t *testing.T, cache string, fake *runner.Fake) (s Suite, profile string, said func() string) {
	t.Helper()
	s, out := project(t, fake)
	s.Cache = cache
	require.NoError(t, os.MkdirAll(filepath.Join(s.Root, "magefiles", "e2e"), 0o755))
	require.NoError(t, s.Report.Run(t.Context(), "e2e", func(ctx context.Context) (string, error) {
		name, release, err := s.claim(ctx, "e2e")
		if err == nil {
			profile = name
			release()
		}
		return "", err
	}))
	return s, profile, out.String
}

func TestEachCloneHasNamesOfItsOwn(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	fake := runner.NewFake(t)
	_, one, _ := clone(t, cache, fake)
	_, other, _ := clone(t, cache, fake)
	assert.NotEqual(t, one, other)
	assert.Regexp(t, "^todo-app-e2e-[0-9a-f]{8}$", one)
	assert.Empty(t, fake.Lines(), "neither removes anything of the other")
}

func TestWhatADeletedCloneLeftIsRemovedByTheNextRun(t *testing.T) {
	home := t.TempDir()
	t.Setenv("MINIKUBE_HOME", home)
	cache := t.TempDir()
	gone, profile, _ := clone(t, cache, runner.NewFake(t))
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".minikube", "profiles", profile+"-other"), 0o755))
	notes := []string{"made-kind-" + profile, "lock-kind-" + profile + "-never", "times-minikube-" + profile + ".json"}
	for _, note := range notes {
		require.NoError(t, os.WriteFile(filepath.Join(cache, note), nil, 0o600))
	}
	require.NoError(t, os.RemoveAll(gone.Root))

	failing := runner.NewFake(t, runner.Reply{Prefix: "docker ps", Fails: "the engine is gone"})
	failing.Allow("minikube delete", "docker network ls", "docker volume ls")
	_, _, said := clone(t, cache, failing)
	assert.Contains(t, said(), "removing what the end-to-end tests of "+gone.Root+" left, a clone that is deleted: ")
	assert.Contains(t, said(), "the engine is gone")

	fake := runner.NewFake(t, runner.Reply{Prefix: "docker ps", Output: "c1\nc2"},
		runner.Reply{Prefix: "docker volume ls", Output: "v1"})
	removal := []string{
		"minikube delete --profile " + profile + "-other",
		"docker ps --all --quiet --filter name=^/?" + profile, "docker rm --force --volumes c1 c2",
		"docker network ls --quiet --filter name=^" + profile,
		"docker volume ls --quiet --filter name=^" + profile, "docker volume rm v1",
	}
	_, _, said = clone(t, cache, fake.Allow(removal...))
	assert.Equal(t, removal, fake.Lines())
	assert.Contains(t, said(), "removed what the end-to-end tests of "+gone.Root+" had left, a clone that is deleted")
	for _, note := range notes {
		assert.NoFileExists(t, filepath.Join(cache, note))
	}

	_, _, said = clone(t, cache, runner.NewFake(t))
	assert.NotContains(t, said(), "removed", "once")
}

func TestASecondRunInACloneSaysThatItWaits(t *testing.T) {
	t.Parallel()
	s, _ := project(t, runner.NewFake(t))
	first, err := lock.Wait(t.Context(), s.note(profileOf(s.Root, "e2e"))+".lock", nil)
	require.NoError(t, err)
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	var said strings.Builder
	s.Report = report.Plain(printing(func(line []byte) { said.Write(line); cancel(interrupted) }))
	require.ErrorIs(t, s.Report.Run(ctx, "e2e", func(ctx context.Context) (string, error) {
		_, _, err := s.claim(ctx, "e2e")
		return "", err
	}), interrupted)
	assert.Contains(t, said.String(), "another run of these tests works in this clone: waiting for it to end")
	first()
}

// printing is where a report is printed that a test follows.
type printing func(line []byte)

func (p printing) Write(line []byte) (int, error) { p(line); return len(line), nil }
