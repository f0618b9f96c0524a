// Package toolchain makes ready what the app takes on this machine outside of containers: a Python with the backend's
// packages, the frontend's node_modules, a browser.
package toolchain

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/offline/apt"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Toolchain is that of one clone.
type Toolchain struct {
	Runner runner.Runner
	Root   string // the repository's root
	Cache  string // virtual environments, kept until their requirements change
}

func (t Toolchain) locks() string { return filepath.Join(t.Cache, "locks") }

// MayInstall tells whether this is a Debian, or a machine like one, that root works on.
func MayInstall() bool {
	_, err := exec.LookPath("apt-get")
	return err == nil && os.Geteuid() == 0
}

// AptInstall installs packages, and says which.
func (t Toolchain) AptInstall(ctx context.Context, packages ...string) error {
	report.Progress(ctx, "installing Debian's %s", strings.Join(packages, ", "))
	return apt.Install(ctx, t.Runner, packages...)
}
