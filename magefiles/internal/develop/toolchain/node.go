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

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
)

// NodeModules installs what the frontend's lock file says, unless that has been done.
func (t Toolchain) NodeModules(ctx context.Context) error {
	dir := filepath.Join(t.Root, "frontend")
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("reading the frontend's lock file: %w", err)
	}
	folder := filepath.Join(dir, "node_modules")
	modules := sealed.Thing{
		Name: "frontend/node_modules", Key: fmt.Sprintf("%x", sha256.Sum256(lock)),
		Paths: []string{folder}, Seal: filepath.Join(folder, ".todo-app-seal"),
	}
	return modules.Use(ctx, t.locks(), func(ctx context.Context) error {
		if _, err := exec.LookPath("npm"); err != nil {
			return errors.New("looking for Node.js: npm is not on PATH; install Node.js 20 or newer")
		}
		report.Progress(ctx, "npm ci")
		if err := t.Runner.Run(ctx, runner.Cmd("npm", "ci", "--no-audit", "--no-fund").In(dir)); err != nil {
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
	if !MayInstall() {
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
