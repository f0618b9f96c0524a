package toolchain

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

// Python returns the interpreter of a virtual environment with the backend's pinned development requirements.
func (t Toolchain) Python(ctx context.Context) (string, error) {
	return t.Environment(ctx, filepath.Join(t.Root, "backend", "requirements-dev.txt"))
}

// Environment returns the interpreter of a virtual environment with what a file of pinned requirements says.
func (t Toolchain) Environment(ctx context.Context, requirements string) (string, error) {
	base, err := t.basePython(ctx)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("reading the requirements: %w", err)
	}
	venv := filepath.Join(t.Cache, fmt.Sprintf("python-%x", sha256.Sum256(append(text, base...)))[:len("python-")+12])
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(filepath.Join(venv, "complete")); err == nil {
		return python, nil
	}
	report.Progress(ctx, "installing Python packages")
	if err := t.Runner.Run(ctx, runner.Cmd(base, "-m", "venv", "--clear", venv)); err != nil {
		return "", fmt.Errorf("making a virtual environment (on Debian: apt-get install python3-venv): %w", err)
	}
	install := runner.Cmd(python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements)
	if err := t.Runner.Run(ctx, install); err != nil {
		return "", fmt.Errorf("installing %s: %w", requirements, err)
	}
	return python, os.WriteFile(filepath.Join(venv, "complete"), nil, 0o644)
}

// basePython finds an interpreter of the backend's version or a newer one.
func (t Toolchain) basePython(ctx context.Context) (string, error) {
	for _, name := range []string{"python3.11", "python3", "python"} {
		if t.Runner.Run(ctx, runner.Cmd(name, "-c", "import sys; sys.exit(sys.version_info < (3, 11))")) == nil {
			return name, nil
		}
	}
	return "", errors.New("looking for Python: 3.11 or newer is not on PATH; install it (Debian: apt-get install python3 python3-venv)")
}
