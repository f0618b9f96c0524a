package hosts

import (
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
	for name, tt := range map[string]struct {
		content string
		change  func(*testing.T, Machine) (string, string)
		command string
	}{
		"to add the line":    {"x\n", ensure, "echo '127.0.0.1 todo.local # todo-app n@x' | sudo tee -a PATH"},
		"to remove the line": {ours, remove, `sudo sed -i.bak '/^[^ ]* todo\.local # todo-app\( n@x\)\{0,1\}[[:space:]]*$/d' PATH`},
	} {
		t.Run(name, func(t *testing.T) {
			m := linux(t, hostsFile(t, tt.content))
			withoutRights(t, m.own)
			note, printed := tt.change(t, m)
			assert.Equal(t, "left to you", note)
			assert.Contains(t, printed, "may only be written by root; run this once:")
			assert.Contains(t, printed, strings.ReplaceAll(tt.command, "PATH", m.own))
			assert.Equal(t, tt.content, text(t, m.own))
		})
	}
}

func TestCheckSaysWhoMayWrite(t *testing.T) {
	m := linux(t, hostsFile(t, "x\n"))
	withoutRights(t, m.own)
	_, err := m.Check("todo.local", loopback)
	assert.ErrorContains(t, err, "may only be written by root; deploy will tell the one command that maps todo.local")
	m.Terminal = true
	note, err := m.Check("todo.local", loopback)
	require.NoError(t, err)
	assert.Equal(t, "deploy will add todo.local and ask you for the rights of root", note)
}

// withoutRights takes the right to write the file at path and its folder away while the test runs; from root, too, to
// whom modes mean nothing: to the file system this goroutine's thread is then somebody else.
func withoutRights(t *testing.T, path string) {
	t.Helper()
	folder := filepath.Dir(path)
	require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755)) // or the other user would not get into it
	require.NoError(t, os.Chmod(folder, 0o555))
	require.NoError(t, os.Chmod(path, 0o444))
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
