// Package machine describes the machine that the program runs on, as far as it matters. Tests make their own.
package machine

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// Machine is a machine.
type Machine struct {
	GOOS, Arch string   // as Go names them
	Root       bool     // the program runs as root
	Path       []string // folders of PATH
	Distro     string   // WSL_DISTRO_NAME
	Files      fs.FS    // the file system from / on
}

// This returns the machine that the program runs on.
func This() Machine {
	return Machine{
		GOOS: runtime.GOOS, Arch: runtime.GOARCH, Root: os.Geteuid() == 0, Path: filepath.SplitList(os.Getenv("PATH")),
		Distro: os.Getenv("WSL_DISTRO_NAME"), Files: os.DirFS("/"),
	}
}

// Has reports whether a program is on PATH.
func (m Machine) Has(program string) bool { return len(m.All(program)) > 0 }

// All returns the paths of every program of that name on PATH, in the order of PATH.
func (m Machine) All(program string) []string {
	if m.GOOS == "windows" {
		program += ".exe"
	}
	var found []string
	for _, dir := range m.Path {
		p := filepath.Join(dir, program)
		if info, err := os.Stat(p); err == nil && !info.IsDir() && (m.GOOS == "windows" || info.Mode()&0o111 != 0) {
			found = append(found, p)
		}
	}
	return found
}

// Read returns the content of the file at an absolute path, "" where it cannot be read.
func (m Machine) Read(path string) string {
	text, _ := fs.ReadFile(m.Files, strings.TrimPrefix(path, "/"))
	return string(text)
}

// Systemd reports whether systemd is the init system, and runs.
func (m Machine) Systemd() bool {
	_, err := fs.Stat(m.Files, "run/systemd/system")
	return err == nil && m.Has("systemctl")
}

// WSL reports whether this is a Linux inside Windows, by WSL_DISTRO_NAME or by the kernel's name. One of them is
// enough: sudo drops the variable, and a WSL may run a kernel that was built for it.
func (m Machine) WSL() bool {
	kernel := strings.ToLower(m.Read("/proc/sys/kernel/osrelease"))
	return m.GOOS == "linux" && (m.Distro != "" || strings.Contains(kernel, "microsoft"))
}

// capSysResource is the number of CAP_SYS_RESOURCE, without which the kernel refuses negative OOM scores and higher
// limits (https://docs.kernel.org/filesystems/proc.html).
const capSysResource = 24

var boundingSet = regexp.MustCompile(`(?m)^CapBnd:\s*([0-9a-f]+)$`)

// Limited reports whether even root lacks CAP_SYS_RESOURCE, as in sandboxes and nested CI.
func (m Machine) Limited() bool {
	found := boundingSet.FindStringSubmatch(m.Read("/proc/self/status"))
	if found == nil {
		return false
	}
	set, err := strconv.ParseUint(found[1], 16, 64)
	return err == nil && set&(1<<capSysResource) == 0
}
