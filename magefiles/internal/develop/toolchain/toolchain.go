// Package toolchain makes ready what the app takes on this machine outside of containers: a Python with the backend's
// packages, the frontend's node_modules, a browser.
package toolchain

import (
	"context"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/machine"
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

// Ensure makes everything ready, and returns the interpreter and the browser.
func (t Toolchain) Ensure(ctx context.Context) (python, chromium string, err error) {
	if chromium, err = t.Chromium(ctx); err != nil {
		return "", "", err
	}
	if err := t.NodeModules(ctx); err != nil {
		return "", "", err
	}
	python, err = t.Python(ctx)
	return python, chromium, err
}

// MayInstall reports whether this is a Debian, or a machine like one, that root works on.
func MayInstall() bool { return machine.This().Root && machine.This().Has("apt-get") }

// AptInstall installs packages, and says which.
func (t Toolchain) AptInstall(ctx context.Context, packages ...string) error {
	report.Progress(ctx, "installing Debian's %s", strings.Join(packages, ", "))
	return apt.Install(ctx, t.Runner, packages...)
}

// Kept is the call of a program with what its last run in any clone knew, kept in folder: frontend/kept says how, and
// what versions and cache are. What it has to say of the cache is told in the step of ctx.
func Kept(ctx context.Context, folder, root, name, versions, cache string, command ...string) runner.Command {
	args := []string{filepath.Join(root, "frontend", "kept"), filepath.Join(folder, "kept"), name, versions, cache}
	call := runner.Cmd("sh", append(args, command...)...)
	call.Stderr = lines.To(func(line string) { report.Info(ctx, "%s", line) })
	return call
}
