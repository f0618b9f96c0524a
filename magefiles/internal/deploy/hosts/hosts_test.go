package hosts

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// loopback is where the ingress answers in most tests.
var loopback = Addresses{Here: "127.0.0.1", Windows: "127.0.0.1"}

// hostsFile writes content to a hosts file of the test's own and returns its path.
func hostsFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hosts")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

func text(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

// linux is a machine whose only file is at path.
func linux(t *testing.T, path string) Machine {
	return Machine{Owner: me, Runner: runner.NewFake(t), System: Linux, own: path}
}

// step runs fn as a step and returns its note and what it printed.
func step(t *testing.T, fn func(context.Context) (string, error)) (note, printed string) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, report.Plain(&out).Run(t.Context(), "hosts", func(ctx context.Context) (string, error) {
		var err error
		note, err = fn(ctx)
		return "", err
	}))
	return note, out.String()
}

// ensure maps todo.local to loopback, and says so as a step does.
func ensure(t *testing.T, m Machine) (note, printed string) {
	t.Helper()
	return step(t, func(ctx context.Context) (string, error) { return m.Ensure(ctx, "todo.local", loopback) })
}

func remove(t *testing.T, m Machine) (note, printed string) {
	t.Helper()
	return step(t, func(ctx context.Context) (string, error) { return m.Remove(ctx, "todo.local") })
}

func TestEnsureWritesOnceAndRemoveTakesItAway(t *testing.T) {
	t.Parallel()
	const before = "127.0.0.1\tlocalhost\n"
	m := linux(t, hostsFile(t, before))
	note, _ := ensure(t, m)
	assert.Equal(t, "todo.local → 127.0.0.1", note)
	assert.Equal(t, before+ours, text(t, m.own))

	written, err := os.Stat(m.own)
	require.NoError(t, err)
	note, _ = ensure(t, m)
	assert.Equal(t, "todo.local → 127.0.0.1, unchanged", note)
	again, err := os.Stat(m.own)
	require.NoError(t, err)
	assert.True(t, os.SameFile(written, again), "an unchanged file is not written again")

	note, _ = remove(t, m)
	assert.Equal(t, "removed todo.local", note)
	assert.Equal(t, before, text(t, m.own))
	note, _ = remove(t, m)
	assert.Equal(t, "no entry", note)
}

func TestAbsentFileIsMade(t *testing.T) {
	t.Parallel()
	m := linux(t, filepath.Join(t.TempDir(), "hosts"))
	ensure(t, m)
	assert.Equal(t, ours, text(t, m.own))
}

func TestNamesUnderLocalhostNeedNoEntry(t *testing.T) {
	t.Parallel()
	m := linux(t, filepath.Join(t.TempDir(), "hosts"))
	m.windows = filepath.Join(t.TempDir(), "hosts")
	for _, host := range []string{"localhost", "todo.localhost"} {
		note, err := m.Ensure(t.Context(), host, loopback)
		require.NoError(t, err)
		assert.Equal(t, host+" needs no entry: browsers know it, even where the system does not", note)
		note, err = m.Check(host, loopback)
		require.NoError(t, err)
		assert.Equal(t, host+" needs no entry", note)
	}
	assert.NoFileExists(t, m.own)
	assert.NoFileExists(t, m.windows)
}

func TestLineOfTheUsersOwnIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ content, note, warning string }{
		"that maps to the same address": {"127.0.0.1 todo.local\n",
			"todo.local → 127.0.0.1, unchanged (a line of your own)", ""},
		"that maps elsewhere": {"10.0.0.9 x todo.local\n", "left as it is",
			`already maps todo.local otherwise: "10.0.0.9 x todo.local"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := linux(t, hostsFile(t, tt.content))
			note, printed := ensure(t, m)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.content, text(t, m.own))
			assert.Contains(t, printed, tt.warning)
			assert.Equal(t, tt.warning != "", bytes.Contains([]byte(printed), []byte("TODO_HOST")))
		})
	}
}

func TestModeAndLinkStay(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes and links are POSIX")
	}
	path := hostsFile(t, "")
	require.NoError(t, os.Chmod(path, 0o666)) // more than a usual umask lets a new file have
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(path, link))
	ensure(t, linux(t, link))
	assert.Equal(t, ours, text(t, path), "the line is where the link leads to")
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o666), info.Mode().Perm())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	require.NoError(t, err)
	assert.Empty(t, left, "no temporary file stays")
}

func TestMacOSIsToldOnceThatItsLocalNamesAreSlow(t *testing.T) {
	t.Parallel()
	m := linux(t, hostsFile(t, captured(t, "macos")))
	m.System = MacOS
	_, printed := ensure(t, m)
	assert.Contains(t, printed, "TODO_HOST=todo.localhost is quicker")
	_, printed = ensure(t, m)
	assert.NotContains(t, printed, "quicker")
	_, printed = step(t, func(ctx context.Context) (string, error) { return m.Ensure(ctx, "todo.test", loopback) })
	assert.NotContains(t, printed, "quicker")
}

func TestCheckChangesNothingAndSaysWhatDeployWillDo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ content, note, err string }{
		"a name that is mapped":                {ours, "todo.local → 127.0.0.1", ""},
		"a name that the user has mapped":      {"127.0.0.1 todo.local\n", "todo.local → 127.0.0.1", ""},
		"a name that is mapped elsewhere":      {"10.0.0.9 todo.local # todo-app\n", "deploy will add todo.local", ""},
		"a name that is not mapped":            {"x\n", "deploy will add todo.local", ""},
		"a name that the user maps otherwise":  {"10.0.0.9 todo.local\n", "", "by a line of your own"},
		"a name of which the user has another": {"127.0.0.1 x.local\n", "deploy will add todo.local", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := linux(t, hostsFile(t, tt.content))
			note, err := m.Check("todo.local", loopback)
			testkit.ErrorSays(t, err, tt.err)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.content, text(t, m.own))
		})
	}
}
