package testsuite

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
)

// frontend runs the frontend's linter, type checker and unit tests.
func frontend(ctx context.Context, s Suite) (Counts, error) {
	if err := s.lintFrontend(ctx); err != nil {
		return Counts{}, err
	}
	report.Progress(ctx, "vitest")
	xml := filepath.Join(s.Artifacts, "frontend.xml")
	_ = os.Remove(xml)
	err := s.Runner.Run(ctx, runner.Cmd("npm", "test", "--", "--reporter=junit", "--outputFile="+xml).In(filepath.Join(s.Root, "frontend")))
	counts, unread := readJUnit(xml)
	return counts, errors.Join(err, unread)
}

// npmInstall installs what the lock file says, unless that has been done.
func (s Suite) npmInstall(ctx context.Context) error {
	dir := filepath.Join(s.Root, "frontend")
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return fmt.Errorf("reading the frontend's lock file: %w", err)
	}
	stamp := filepath.Join(dir, "node_modules", ".todo-app-installed")
	want := fmt.Sprintf("%x", sha256.Sum256(lock))
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("testing the frontend: npm is not on PATH; install Node.js 20 or newer")
	}
	report.Progress(ctx, "npm ci")
	if err := s.Runner.Run(ctx, runner.Cmd("npm", "ci", "--no-audit", "--no-fund").In(dir)); err != nil {
		return fmt.Errorf("installing the frontend's packages: %w", err)
	}
	return os.WriteFile(stamp, []byte(want), 0o644)
}

// chromium finds a browser, and installs Debian's where root may.
func (s Suite) chromium(ctx context.Context) (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if path := os.Getenv("CHROMIUM_PATH"); path != "" {
		names = []string{path}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	if !mayInstall() {
		return "", fmt.Errorf("driving a browser: none of %s is on PATH; install one (Debian: sudo apt-get install chromium) or set CHROMIUM_PATH", strings.Join(names, ", "))
	}
	if err := s.aptInstall(ctx, "chromium"); err != nil {
		return "", fmt.Errorf("installing Chromium: %w", err)
	}
	return exec.LookPath("chromium")
}
