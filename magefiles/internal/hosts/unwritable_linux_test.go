package hosts

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFileThatMayNotBeWrittenIsLeftToTheUser(t *testing.T) {
	add := `echo '127.0.0.1 todo.local # todo-app' | sudo tee -a PATH`
	remove := `sudo sed -i.bak '/^[^ ]* todo\.local # todo-app$/d' PATH`
	for name, tt := range map[string]struct {
		content string
		change  func(File, context.Context) (string, error)
		command string
	}{
		"to add the line":    {"x\n", ensure, add},
		"to change the line": {"10.0.0.9 todo.local # todo-app\n", ensure, remove + " && " + add},
		"to remove the line": {ours, func(f File, ctx context.Context) (string, error) { return f.Remove(ctx, "todo.local") }, remove},
	} {
		t.Run(name, func(t *testing.T) {
			f := hostsFile(t, tt.content)
			withoutRights(t, f)
			note, printed := step(t, func(ctx context.Context) (string, error) { return tt.change(f, ctx) })
			assert.Equal(t, "left to you", note)
			assert.Contains(t, printed, "may only be written by root; run this once:")
			assert.Contains(t, printed, strings.ReplaceAll(tt.command, "PATH", f.Path))
			assert.Equal(t, tt.content, f.text(t))
		})
	}
}

func ensure(f File, ctx context.Context) (string, error) {
	return f.Ensure(ctx, "todo.local", "127.0.0.1")
}

// withoutRights takes the right to write f and its folder away while the test runs; from root, too, to whom modes mean
// nothing: to the file system this goroutine's thread is then somebody else.
func withoutRights(t *testing.T, f File) {
	t.Helper()
	folder := filepath.Dir(f.Path)
	require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755)) // or the other user would not get into it
	require.NoError(t, os.Chmod(folder, 0o555))
	require.NoError(t, os.Chmod(f.Path, 0o444))
	t.Cleanup(func() { _ = os.Chmod(folder, 0o755) })
	if os.Getuid() == 0 {
		runtime.LockOSThread()
		require.NoError(t, syscall.Setfsuid(65534))
		t.Cleanup(func() {
			_ = syscall.Setfsuid(0)
			runtime.UnlockOSThread()
		})
	}
}
