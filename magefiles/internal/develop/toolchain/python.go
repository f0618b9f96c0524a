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
	"todo-app/magefiles/internal/sealed"
)

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
