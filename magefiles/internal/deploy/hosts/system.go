package hosts

import (
	"os"
	"strings"

	"golang.org/x/term"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/runner"
)

// System is the kind of machine, as far as hosts files differ.
type System string

// The systems that have hosts files of their own.
const (
	Linux   System = "Linux"
	MacOS   System = "macOS"
	Windows System = "Windows"
	WSL     System = "WSL" // a Linux inside Windows
)

// system returns the kind of m.
func system(m machine.Machine) System {
	switch {
	case m.GOOS == "windows":
		return Windows
	case m.GOOS == "darwin":
		return MacOS
	case m.WSL():
		return WSL
	default:
		return Linux
	}
}

// This returns the machine that the program runs on. own is the only file to use, "" for those of the system.
func This(r runner.Runner, own string) Machine {
	here := machine.This()
	m := newMachine(system(here), here.Read("/etc/wsl.conf"), os.Getenv("SystemRoot"))
	if own != "" {
		m.own, m.windows, m.regenerated = own, "", false
	}
	m.Runner, m.Terminal = r, term.IsTerminal(int(os.Stdin.Fd()))
	return m
}

// windowsFile is where Windows has its hosts file, from its own folder on.
const windowsFile = `\System32\drivers\etc\hosts`

// newMachine returns a machine of a system, with what /etc/wsl.conf and SystemRoot say.
func newMachine(system System, conf, systemRoot string) Machine {
	m := Machine{System: system, own: "/etc/hosts", powershell: "powershell.exe", windowsRoot: systemRoot}
	if systemRoot == "" {
		m.windowsRoot = `C:\Windows`
	}
	switch system {
	case Windows:
		m.own = m.windowsRoot + windowsFile
	case WSL:
		mounts := strings.TrimSuffix(setting(conf, "automount", "root", "/mnt"), "/")
		m.windows = mounts + "/c/Windows" + strings.ReplaceAll(windowsFile, `\`, "/")
		m.powershell = mounts + "/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe" // a PATH may lack Windows' folders
		m.regenerated = !strings.EqualFold(setting(conf, "network", "generateHosts", "true"), "false")
	}
	return m
}

// setting is a value of wsl.conf, a file of sections and key = value lines.
func setting(conf, section, key, unset string) string {
	in := ""
	for line := range strings.Lines(conf) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			in = strings.Trim(line, "[] ")
			continue
		}
		name, value, found := strings.Cut(line, "=")
		if found && strings.EqualFold(in, section) && strings.EqualFold(strings.TrimSpace(name), key) {
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return unset
}
