package testsuite

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// backend runs the backend's linter, type checker and tests in a virtual environment of its own, which is kept until its
// requirements change.
func backend(ctx context.Context, s Suite) (Counts, error) {
	python, err := s.virtualEnvironment(ctx)
	if err != nil {
		return Counts{}, err
	}
	if err := s.lintBackend(ctx); err != nil {
		return Counts{}, err
	}
	s.databaseServers(ctx)
	report.Progress(ctx, "pytest on a real Postgres")
	xml := filepath.Join(s.Artifacts, "backend.xml")
	_ = os.Remove(xml)
	err = s.Runner.Run(ctx, runner.Cmd(python, "-m", "pytest", "--quiet", "--junit-xml", xml).In(filepath.Join(s.Root, "backend")))
	counts, unread := readJUnit(xml)
	return counts, errors.Join(err, unread)
}

// virtualEnvironment returns the Python of an environment with the backend's pinned development requirements.
func (s Suite) virtualEnvironment(ctx context.Context) (string, error) {
	base, err := s.python(ctx)
	if err != nil {
		return "", err
	}
	requirements := filepath.Join(s.Root, "backend", "requirements-dev.txt")
	text, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("reading the backend's requirements: %w", err)
	}
	venv := filepath.Join(s.Cache, fmt.Sprintf("python-%x", sha256.Sum256(append(text, base...)))[:len("python-")+12])
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(filepath.Join(venv, "complete")); err == nil {
		return python, nil
	}
	report.Progress(ctx, "installing the backend's development requirements")
	if err := s.Runner.Run(ctx, runner.Cmd(base, "-m", "venv", "--clear", venv)); err != nil {
		return "", fmt.Errorf("making a virtual environment (on Debian: apt-get install python3-venv): %w", err)
	}
	install := runner.Cmd(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements)
	if err := s.Runner.Run(ctx, install); err != nil {
		return "", fmt.Errorf("installing %s: %w", requirements, err)
	}
	return python, os.WriteFile(filepath.Join(venv, "complete"), nil, 0o644)
}

// python finds an interpreter of the backend's version or a newer one.
func (s Suite) python(ctx context.Context) (string, error) {
	for _, name := range []string{"python3.11", "python3", "python"} {
		if s.Runner.Run(ctx, runner.Cmd(name, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")) == nil {
			return name, nil
		}
	}
	return "", errors.New("testing the backend: Python 3.11 or newer is not on PATH; install it (Debian: apt-get install python3 python3-venv)")
}
