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
)

const ours = "127.0.0.1 todo.local # todo-app\n"

// hostsFile writes content to a hosts file of the test's own.
func hostsFile(t *testing.T, content string) File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hosts")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return File{Path: path}
}

func (f File) text(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(f.Path)
	require.NoError(t, err)
	return string(content)
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

func TestEnsureWritesOnceAndRemoveTakesItAway(t *testing.T) {
	t.Parallel()
	const before = "127.0.0.1\tlocalhost\n"
	f := hostsFile(t, before)
	note, err := f.Ensure(t.Context(), "todo.local", "127.0.0.1")
	require.NoError(t, err)
	assert.Equal(t, "todo.local → 127.0.0.1", note)
	assert.Equal(t, before+ours, f.text(t))

	written, err := os.Stat(f.Path)
	require.NoError(t, err)
	note, err = f.Ensure(t.Context(), "todo.local", "127.0.0.1")
	require.NoError(t, err)
	assert.Equal(t, "todo.local → 127.0.0.1, unchanged", note)
	again, err := os.Stat(f.Path)
	require.NoError(t, err)
	assert.True(t, os.SameFile(written, again), "an unchanged file is not written again")

	note, err = f.Remove(t.Context(), "todo.local")
	require.NoError(t, err)
	assert.Equal(t, "removed todo.local", note)
	assert.Equal(t, before, f.text(t))
	note, err = f.Remove(t.Context(), "todo.local")
	require.NoError(t, err)
	assert.Equal(t, "no entry", note)
}

func TestAbsentFileIsMade(t *testing.T) {
	t.Parallel()
	f := File{Path: filepath.Join(t.TempDir(), "hosts")}
	_, err := f.Ensure(t.Context(), "todo.local", "127.0.0.1")
	require.NoError(t, err)
	assert.Equal(t, ours, f.text(t))
}

func TestNamesUnderLocalhostNeedNoEntry(t *testing.T) {
	t.Parallel()
	f := File{Path: filepath.Join(t.TempDir(), "hosts")}
	for _, host := range []string{"localhost", "todo.localhost"} {
		note, err := f.Ensure(t.Context(), host, "127.0.0.1")
		require.NoError(t, err)
		assert.Equal(t, host+" needs no entry", note)
	}
	assert.NoFileExists(t, f.Path)
}

func TestLineOfTheUsersOwnIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ content, note, warning string }{
		"that maps to the same address": {"127.0.0.1 todo.local\n", "todo.local → 127.0.0.1, unchanged (a line of your own)", ""},
		"that maps elsewhere":           {"10.0.0.9 x todo.local\n", "left as it is", `already maps todo.local otherwise: "10.0.0.9 x todo.local"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := hostsFile(t, tt.content)
			note, printed := step(t, func(ctx context.Context) (string, error) { return f.Ensure(ctx, "todo.local", "127.0.0.1") })
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.content, f.text(t))
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
	f := hostsFile(t, "")
	require.NoError(t, os.Chmod(f.Path, 0o666)) // more than a usual umask lets a new file have
	link := File{Path: filepath.Join(t.TempDir(), "link")}
	require.NoError(t, os.Symlink(f.Path, link.Path))
	_, err := link.Ensure(t.Context(), "todo.local", "127.0.0.1")
	require.NoError(t, err)
	assert.Equal(t, ours, f.text(t), "the line is where the link leads to")
	info, err := os.Lstat(link.Path)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(f.Path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o666), info.Mode().Perm())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(f.Path), ".*"))
	require.NoError(t, err)
	assert.Empty(t, left, "no temporary file stays")
}
