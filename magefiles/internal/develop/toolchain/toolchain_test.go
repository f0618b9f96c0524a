package toolchain

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// project is the toolchain of a folder with the files that say what is installed.
func project(t *testing.T, fake *runner.Fake) Toolchain {
	t.Helper()
	root := t.TempDir()
	testkit.WriteFiles(t, root, map[string]string{
		"backend/requirements-dev.txt":       "pytest==1\n",
		"frontend/package.json":              "{}",
		"frontend/package-lock.json":         "{}",
		"frontend/.npmrc":                    "",
		"frontend/node_modules/vite/vite.js": "vite",
	})
	return Toolchain{Runner: fake, Root: root, Cache: filepath.Join(root, "cache")}
}

func TestPackagesAreInstalledOncePerLockFileAndCopiedIntoEachClone(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, testkit.NpmCI)
	one := project(t, fake)
	other := project(t, fake)
	other.Cache = one.Cache
	installed := func(tools Toolchain) string {
		require.NoError(t, tools.NodeModules(t.Context()))
		text, err := os.ReadFile(filepath.Join(tools.Root, "frontend", "node_modules", "made-from"))
		require.NoError(t, err)
		return string(text)
	}
	for _, tools := range []Toolchain{one, one, other} {
		assert.Equal(t, "{}", installed(tools))
		assert.Len(t, fake.Lines(), 1)
		assert.NoFileExists(t, filepath.Join(tools.Root, "frontend", "node_modules", "vite", "vite.js"), "an older one's")
	}
	copied := filepath.Join(other.Root, "frontend", "node_modules", "made-from")
	require.NoError(t, os.WriteFile(copied, []byte("changed by hand"), 0o644))
	assert.Equal(t, "{}", installed(other), "what somebody changed is copied again")
	assert.Equal(t, "{}", installed(one))
	assert.Len(t, fake.Lines(), 1)

	require.NoError(t, os.WriteFile(filepath.Join(one.Root, "frontend", "package-lock.json"), []byte("{ }"), 0o600))
	assert.Equal(t, "{ }", installed(one))
	assert.Equal(t, "{}", installed(other))
	assert.Len(t, fake.Lines(), 2)
}

func TestAVirtualEnvironmentIsMadeOncePerSetOfRequirements(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "python3.11 -c", Fails: "not found"})
	tools := project(t, fake)
	fake.Allow("python3 -c", "python3 -m venv --clear", filepath.Join(tools.Cache, "python-"))
	_, err := tools.Python(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist, "the fake makes no folder, so nothing may be marked as complete")
	lines := fake.Lines()
	require.Len(t, lines, 4)
	assert.Contains(t, lines[2], "python3 -m venv --clear "+tools.Cache)
	assert.Contains(t, lines[3],
		"-m pip install --quiet --require-hashes -r "+filepath.Join(tools.Root, "backend", "requirements-dev.txt"))
}

func TestBytecodeThatAnEarlierRunLeftIsNotTrusted(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t)
	tools := project(t, fake)
	fake.Allow("python3.11 -c", "python3.11 -m venv --clear", filepath.Join(tools.Cache, "python-"))
	var left []string
	for _, folder := range []string{"app", "tests/assistant", "app/services/assistant"} {
		left = append(left, filepath.Join(tools.Root, "backend", folder, "__pycache__"))
		require.NoError(t, os.MkdirAll(left[len(left)-1], 0o755))
	}
	_, err := tools.Python(t.Context())
	require.ErrorIs(t, err, os.ErrNotExist, "the fake makes no folder")
	for _, folder := range left {
		assert.NoDirExists(t, folder)
	}
}

func TestProgramsOfNpmAreInstalledOncePerVersion(t *testing.T) {
	t.Parallel()
	const install = "npm install --prefix "
	fake := runner.NewFake(t, runner.Reply{Prefix: install, Times: 1})
	tools := project(t, fake)
	_, err := tools.NodePrograms(t.Context(), "lighthouse@1")
	require.ErrorIs(t, err, os.ErrNotExist, "the fake makes no folder, so nothing may be marked as complete")
	prefix := strings.Fields(fake.Lines()[0])[3]
	fake.Expect(runner.Reply{Prefix: install + prefix, Does: func(context.Context, runner.Command) error {
		return os.MkdirAll(prefix, 0o755)
	}}).Allow(install)
	for range 2 {
		bin, err := tools.NodePrograms(t.Context(), "lighthouse@1")
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(prefix, "node_modules", ".bin"), bin)
	}
	assert.Len(t, fake.Lines(), 2)
	_, err = tools.NodePrograms(t.Context(), "lighthouse@2")
	require.Error(t, err)
	assert.NotContains(t, fake.Lines()[2], prefix)
}
