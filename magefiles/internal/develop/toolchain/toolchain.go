// Package toolchain makes ready what the app takes on this machine outside of containers: a Python with the backend's
// packages, the frontend's node_modules, a browser.
package toolchain

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/apt"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
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

// MayInstall reports whether a machine is a Debian, or like one, that root works on.
func MayInstall(m machine.Machine) bool { return m.Root && m.Has("apt-get") }

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

// Python returns the interpreter of a virtual environment with the backend's pinned development requirements. Bytecode
// of an earlier run goes: Python would fail on half a file of it, and has it again within a second.
func (t Toolchain) Python(ctx context.Context) (string, error) {
	for _, pattern := range []string{"*", "*/*", "*/*/*"} {
		folders, _ := filepath.Glob(filepath.Join(t.Root, "backend", pattern, "__pycache__"))
		for _, folder := range folders {
			_ = os.RemoveAll(folder) // another run may be writing there
		}
	}
	return t.Environment(ctx, filepath.Join(t.Root, "backend", "requirements-dev.txt"))
}

// Environment returns the interpreter of a virtual environment with what a file of pinned requirements says.
func (t Toolchain) Environment(ctx context.Context, requirements string) (string, error) {
	base, release, err := t.basePython(ctx)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("reading the requirements: %w", err)
	}
	key := fmt.Sprintf("%x", sha256.Sum256(append(text, base...)))[:12]
	venv := filepath.Join(t.Cache, "python-"+key)
	python := filepath.Join(venv, "bin", "python")
	environment := sealed.Thing{
		Name: "the Python environment", Key: key + release, Paths: []string{venv}, Seal: venv + ".seal",
	}
	return python, environment.Use(ctx, t.locks(), func(ctx context.Context) error {
		report.Progress(ctx, "installing Python packages")
		if err := t.Runner.Run(ctx, runner.Cmd(base, "-m", "venv", "--clear", venv)); err != nil {
			return fmt.Errorf("making a virtual environment (on Debian: apt-get install python3-venv): %w", err)
		}
		install := runner.Cmd(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements)
		if err := t.Runner.Run(ctx, install); err != nil {
			return fmt.Errorf("installing %s: %w", requirements, err)
		}
		return nil
	})
}

// basePython finds an interpreter of the backend's version or a newer one, and says which release it is and where: an
// environment does not outlive either.
func (t Toolchain) basePython(ctx context.Context) (name, release string, err error) {
	const ask = "import sys; print(sys.version, sys.base_prefix); sys.exit(sys.version_info < (3, 11))"
	for _, name := range []string{"python3.11", "python3", "python"} {
		if release, err := t.Runner.Output(ctx, runner.Cmd(name, "-c", ask)); err == nil {
			return name, release, nil
		}
	}
	return "", "", errors.New("looking for Python: 3.11 or newer is not on PATH; install it (Debian: apt-get install python3 python3-venv)")
}

// NodeModules brings what the frontend's lock file says into the clone, unless that has been done.
func (t Toolchain) NodeModules(ctx context.Context) error {
	dir := filepath.Join(t.Root, "frontend")
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("reading the frontend's lock file: %w", err)
	}
	folder, key := filepath.Join(dir, "node_modules"), fmt.Sprintf("%x", sha256.Sum256(lock))
	modules := sealed.Thing{
		Name: "frontend/node_modules", Key: key, Paths: []string{folder}, Seal: filepath.Join(folder, ".todo-app-seal"),
	}
	return modules.Use(ctx, t.locks(), func(ctx context.Context) error {
		installed, err := t.nodePackages(ctx, dir, key)
		if err != nil {
			return err
		}
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("clearing %s: %w", folder, err)
		}
		if err := os.CopyFS(folder, os.DirFS(installed)); err != nil {
			return fmt.Errorf("copying the frontend's packages: %w", err)
		}
		return nil
	})
}

// nodePackages returns the folder of the packages of the frontend's lock file, which all clones copy: npm takes 18 times
// as much work to install them.
func (t Toolchain) nodePackages(ctx context.Context, frontend, key string) (string, error) {
	folder := filepath.Join(t.Cache, "node-"+key[:12])
	packages := sealed.Thing{Name: "the frontend's packages", Key: key, Paths: []string{folder}, Seal: folder + ".seal"}
	return filepath.Join(folder, "node_modules"), packages.Use(ctx, t.locks(), func(ctx context.Context) error {
		if _, err := exec.LookPath("npm"); err != nil {
			return errors.New("looking for Node.js: npm is not on PATH; install Node.js 20 or newer")
		}
		report.Progress(ctx, "npm ci")
		err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755))
		for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
			text, unread := os.ReadFile(filepath.Join(frontend, name))
			err = errors.Join(err, unread, os.WriteFile(filepath.Join(folder, name), text, 0o644))
		}
		if err == nil {
			err = t.Runner.Run(ctx, runner.Cmd("npm", "ci", "--no-audit", "--no-fund").In(folder))
		}
		if err != nil {
			return fmt.Errorf("installing the frontend's packages: %w", err)
		}
		return nil
	})
}

// NodePrograms returns the folder of the programs of npm packages ("NAME@VERSION"), installed once and apart from all
// else.
func (t Toolchain) NodePrograms(ctx context.Context, packages ...string) (bin string, err error) {
	prefix := filepath.Join(t.Cache, fmt.Sprintf("npm-%x", sha256.Sum256([]byte(strings.Join(packages, " "))))[:len("npm-")+12])
	bin = filepath.Join(prefix, "node_modules", ".bin")
	names := strings.Join(packages, ", ")
	programs := sealed.Thing{Name: names, Key: names, Paths: []string{prefix}, Seal: prefix + ".seal"}
	return bin, programs.Use(ctx, t.locks(), func(ctx context.Context) error {
		report.Progress(ctx, "installing %s", names)
		if err := os.RemoveAll(prefix); err != nil {
			return fmt.Errorf("clearing the folder of %s: %w", names, err)
		}
		install := append([]string{"install", "--prefix", prefix, "--no-audit", "--no-fund", "--loglevel=error"}, packages...)
		if err := t.Runner.Run(ctx, runner.Cmd("npm", install...)); err != nil {
			return fmt.Errorf("installing %s: %w", names, err)
		}
		return nil
	})
}

// browsers are programs that tests may use. The shell is Chromium without windows, and takes half of the time.
var browsers = []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// Chromium finds a browser, and installs Debian's where root may.
func (t Toolchain) Chromium(ctx context.Context) (string, error) {
	names := browsers
	if path := os.Getenv("CHROMIUM_PATH"); path != "" {
		names = []string{path}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	if !MayInstall(machine.This()) {
		return "", fmt.Errorf("looking for a browser: none of %s is on PATH; install one "+
			"(Debian: sudo apt-get install chromium-headless-shell) or set CHROMIUM_PATH", strings.Join(names, ", "))
	}
	var errs []error
	for _, name := range browsers[:2] { // not every distribution has the first
		err := t.AptInstall(ctx, name)
		if err == nil {
			return exec.LookPath(name)
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("installing Chromium: %w", errors.Join(errs...))
}
