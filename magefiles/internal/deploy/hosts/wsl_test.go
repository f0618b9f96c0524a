package hosts

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wsl is a WSL whose own file may be written, with the Windows around it, whose file needs an elevated PowerShell.
func wsl(t *testing.T, own, windows string) (Machine, *granted) {
	t.Helper()
	m := newMachine(WSL, "", "")
	m.own, m.windows = hostsFile(t, own), hostsFile(t, windows)
	g := grant(t, m.windows, m.powershell)
	m.Runner, m.Terminal, m.Owner = g, true, me
	m.replace = func(path, content string) error {
		if path == m.windows {
			return refuse(path, content)
		}
		return write(path, content)
	}
	return m, g
}

func TestBothFilesAreWrittenOnWSLAndRestored(t *testing.T) {
	t.Parallel()
	own, windows := captured(t, "wsl2"), captured(t, "windows-docker-desktop")
	m, g := wsl(t, own, windows)
	note, printed := ensure(t, m)
	assert.Equal(t, "todo.local → 127.0.0.1; on Windows todo.local → 127.0.0.1", note)
	assert.Contains(t, printed, "WSL makes "+m.own+" anew when it starts: the next deploy looks at it again")
	assert.Equal(t, own+ours, text(t, m.own))
	assert.Equal(t, windows+line+"\r\n", text(t, m.windows))
	require.Len(t, g.scripts, 1)
	assert.Contains(t, g.scripts[0], `$path = 'C:\Windows\System32\drivers\etc\hosts'`, "as Windows calls the file")
	assert.Contains(t, g.Lines()[0], "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe -NoProfile ")

	note, printed = ensure(t, m)
	assert.Equal(t, "todo.local → 127.0.0.1, unchanged; on Windows todo.local → 127.0.0.1, unchanged", note)
	assert.NotContains(t, printed, "anew")
	assert.Len(t, g.Lines(), 1, "nobody is asked for what is there")
	checked, err := m.Check("todo.local", loopback)
	require.NoError(t, err)
	assert.Equal(t, "todo.local → 127.0.0.1; on Windows todo.local → 127.0.0.1", checked)

	note, _ = remove(t, m)
	assert.Equal(t, "removed todo.local; on Windows removed todo.local", note)
	assert.Equal(t, own, text(t, m.own))
	assert.Equal(t, windows, text(t, m.windows))
	note, _ = remove(t, m)
	assert.Equal(t, "no entry; on Windows no entry", note)
}

// restarted is the file that WSL makes anew: Windows' lines without their comments.
func restarted(t *testing.T) string {
	t.Helper()
	return strings.Replace(captured(t, "wsl2"), "127.0.0.1\tkubernetes.docker.internal\n",
		"127.0.0.1\tkubernetes.docker.internal\n127.0.0.1\ttodo.local\n", 1)
}

func TestLineThatWSLCopiedFromWindowsIsTheProjects(t *testing.T) {
	t.Parallel()
	own, windows := captured(t, "wsl2"), captured(t, "windows-docker-desktop")
	m, _ := wsl(t, own, windows)
	ensure(t, m)

	require.NoError(t, write(m.own, restarted(t)))
	note, _ := ensure(t, m)
	assert.Equal(t,
		"todo.local → 127.0.0.1, unchanged (copied from Windows'); on Windows todo.local → 127.0.0.1, unchanged", note)
	assert.Equal(t, restarted(t), text(t, m.own))

	note, _ = step(t, func(ctx context.Context) (string, error) {
		return m.Ensure(ctx, "todo.local", Addresses{Here: "192.168.49.2", Windows: "127.0.0.1"})
	})
	assert.Equal(t, "todo.local → 192.168.49.2; on Windows todo.local → 127.0.0.1, unchanged", note,
		"each with the address of its own side")
	assert.Contains(t, text(t, m.own), "\n192.168.49.2 todo.local # todo-app n@x\n")
	assert.NotContains(t, text(t, m.own), "127.0.0.1\ttodo.local")

	require.NoError(t, write(m.own, restarted(t)))
	note, _ = remove(t, m)
	assert.Equal(t, "removed todo.local; on Windows removed todo.local", note)
	assert.Equal(t, own, text(t, m.own), "the copy goes as well")
	assert.Equal(t, windows, text(t, m.windows))
}

func TestUnmarkedLineIsTheUsersWhereWindowsHasNoneOfTheProjects(t *testing.T) {
	t.Parallel()
	windows := captured(t, "windows-11") + "10.0.0.9 todo.local\r\n"
	own := captured(t, "wsl2") + "10.0.0.9\ttodo.local\n"
	m, g := wsl(t, own, windows)
	note, printed := ensure(t, m)
	assert.Equal(t, "left as it is; on Windows left as it is", note)
	assert.Contains(t, printed, "already maps todo.local otherwise")
	remove(t, m)
	assert.Equal(t, own, text(t, m.own))
	assert.Equal(t, windows, text(t, m.windows))
	assert.Empty(t, g.Lines())
}

func TestWSLWithoutATerminalPrintsTheCommandAndGoesOn(t *testing.T) {
	t.Parallel()
	m, g := wsl(t, captured(t, "wsl2"), captured(t, "windows-11"))
	m.Terminal = false
	note, printed := ensure(t, m)
	assert.Equal(t, "todo.local → 127.0.0.1; on Windows left to you", note)
	assert.Contains(t, printed,
		`Add-Content -LiteralPath 'C:\Windows\System32\drivers\etc\hosts' -Value '127.0.0.1 todo.local # todo-app n@x'`)
	assert.Empty(t, g.Lines())
}

func TestWindowsFileThatIsNotMountedIsLeftToTheUser(t *testing.T) {
	t.Parallel()
	m, g := wsl(t, "", "")
	m.windows = filepath.Join(t.TempDir(), "absent")
	note, printed := ensure(t, m)
	assert.Equal(t, "todo.local → 127.0.0.1; on Windows left to you", note)
	assert.Contains(t, printed, "Windows' hosts file is not at "+m.windows)
	assert.Contains(t, printed, "Add-Content")
	note, _ = remove(t, m)
	assert.Equal(t, "removed todo.local; on Windows no entry", note)
	assert.Empty(t, g.Lines())
}

func TestWindowsThatCannotReachTheIngressIsTold(t *testing.T) {
	t.Parallel()
	windows := captured(t, "windows-11")
	m, g := wsl(t, "", windows)
	note, printed := step(t, func(ctx context.Context) (string, error) {
		return m.Ensure(ctx, "todo.local", Addresses{Here: "192.168.49.2"})
	})
	assert.Equal(t, "todo.local → 192.168.49.2; on Windows it cannot be reached", note)
	assert.Contains(t, printed, "TODO_HTTP_PORT")
	assert.Equal(t, windows, text(t, m.windows))
	assert.Empty(t, g.Lines())
}
