package hosts

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/runner"
)

func TestSystemsAreToldApart(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		goos, kernel, distro string
		want                 System
	}{
		"Ubuntu":                     {"linux", "6.8.0-45-generic\n", "", Linux},
		"Debian":                     {"linux", "6.1.0-28-amd64\n", "", Linux},
		"Docker Desktop's own Linux": {"linux", "6.12.76-linuxkit\n", "", Linux},
		"WSL 2":                      {"linux", "6.6.87.2-microsoft-standard-WSL2\n", "Ubuntu", WSL},
		"WSL 2 under sudo":           {"linux", "5.15.167.4-microsoft-standard-WSL2\n", "", WSL},
		"WSL 1":                      {"linux", "4.4.0-19041-Microsoft\n", "Debian", WSL},
		"WSL 2 with its own kernel":  {"linux", "6.9.0-custom\n", "Arch", WSL},
		"a kernel that is not told":  {"linux", "", "", Linux},
		"macOS":                      {"darwin", "", "", MacOS},
		"Windows":                    {"windows", "", "", Windows},
		"a shell of WSL in Windows":  {"windows", "", "Ubuntu", Windows},
		"another Unix":               {"freebsd", "14.1-RELEASE", "", Linux},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"proc/sys/kernel/osrelease": {Data: []byte(tt.kernel)}}
			assert.Equal(t, tt.want, system(machine.Machine{GOOS: tt.goos, Distro: tt.distro, Files: files}))
		})
	}
}

func TestHostsFilesOfASystem(t *testing.T) {
	t.Parallel()
	const underWindows = "/Windows/System32/drivers/etc/hosts"
	for name, tt := range map[string]struct {
		system      System
		conf        string
		own, other  string
		powershell  string
		regenerated bool
	}{
		"Linux":   {Linux, "", "/etc/hosts", "", "powershell.exe", false},
		"macOS":   {MacOS, "", "/etc/hosts", "", "powershell.exe", false},
		"Windows": {Windows, "", `D:\Win\System32\drivers\etc\hosts`, "", "powershell.exe", false},
		"WSL": {WSL, "", "/etc/hosts", "/mnt/c" + underWindows,
			"/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe", true},
		"WSL with other settings": {WSL, "[boot]\nsystemd=true\n", "/etc/hosts", "/mnt/c" + underWindows,
			"/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe", true},
		"WSL with drives elsewhere": {WSL,
			"[automount]\nenabled = true\nroot = /windir/ # mine\noptions = \"metadata\"\n", "/etc/hosts",
			"/windir/c" + underWindows, "/windir/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe", true},
		"WSL with drives at the top": {WSL, "[automount]\r\nroot=/\r\n", "/etc/hosts", "/c" + underWindows,
			"/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe", true},
		"WSL with quotes": {WSL, "[ Automount ]\nRoot = \"/drives\"\n", "/etc/hosts",
			"/drives/c" + underWindows, "/drives/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe", true},
		"WSL that keeps its file": {WSL, "root = /no/\n[network]\nroot = /neither/\ngenerateHosts = False\n",
			"/etc/hosts", "/mnt/c" + underWindows, "/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe",
			false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(tt.system, tt.conf, `D:\Win`)
			assert.Equal(t, tt.own, m.own)
			assert.Equal(t, tt.other, m.windows)
			assert.Equal(t, tt.powershell, m.powershell)
			assert.Equal(t, tt.regenerated, m.regenerated)
		})
	}
	assert.Equal(t, `C:\Windows\System32\drivers\etc\hosts`, newMachine(Windows, "", "").own)
}

func TestChosenFileIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hosts")
	m := This(runner.NewFake(t), path)
	assert.Equal(t, path, m.own)
	assert.Empty(t, m.windows)
	assert.NotEmpty(t, This(runner.NewFake(t), "").own)
}
