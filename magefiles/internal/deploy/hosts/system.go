package hosts

import (
	"os"
	"runtime"
	"strings"

	"github.com/bitfield/script"
	"golang.org/x/term"

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

// Detect tells the system by Go's name for it, the kernel's release (/proc/sys/kernel/osrelease) and WSL_DISTRO_NAME. Any
// of the latter two is enough: sudo drops the variable, and a WSL may run a kernel that was built for it.
func Detect(goos, kernel, distro string) System {
	switch {
	case goos == "windows":
		return Windows
	case goos == "darwin":
		return MacOS
	case goos == "linux" && (distro != "" || strings.Contains(strings.ToLower(kernel), "microsoft")):
		return WSL
	default:
		return Linux
	}
}

// This is the machine that the program runs on. own is the only file to use, "" for those of the system.
func This(r runner.Runner, own string) Machine {
	kernel, _ := script.File("/proc/sys/kernel/osrelease").String()
	conf, _ := script.File("/etc/wsl.conf").String()
	system := Detect(runtime.GOOS, kernel, os.Getenv("WSL_DISTRO_NAME"))
	m := machine(system, conf, os.Getenv("SystemRoot"))
	if own != "" {
		m.own, m.windows, m.regenerated = own, "", false
	}
	m.Runner, m.Terminal = r, term.IsTerminal(int(os.Stdin.Fd()))
	return m
}

// windowsFile is where Windows has its hosts file, from its own folder on.
const windowsFile = `\System32\drivers\etc\hosts`

// machine is a machine of a system, with what /etc/wsl.conf and SystemRoot say.
func machine(system System, conf, systemRoot string) Machine {
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
