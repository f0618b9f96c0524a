package engine

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/report"
)

// LimitedRuntime is an OCI runtime for machines where even root lacks CAP_SYS_RESOURCE: a script that asks runc for no more
// than that. Where root has the capability it changes nothing.
//
//go:embed runc-limited
var LimitedRuntime []byte

// writeLimitedRuntime puts the runtime where dockerd finds it.
func (e *Engine) writeLimitedRuntime() (path string, err error) {
	path = e.limitedRuntime()
	if err := os.MkdirAll(e.Cache, 0o755); err != nil {
		return "", fmt.Errorf("making the folder of the container runtime: %w", err)
	}
	half := fmt.Sprintf("%s.%d", path, os.Getpid()) // an engine that runs never starts half of it
	if err := os.WriteFile(half, LimitedRuntime, 0o755); err != nil {
		return "", fmt.Errorf("writing the container runtime: %w", err)
	}
	if err := os.Rename(half, path); err != nil {
		return "", fmt.Errorf("putting the container runtime in its place: %w", err)
	}
	return path, nil
}

// mendLimitedRuntime writes the runtime anew where an engine that this project started runs every container through a broken
// one.
func (e *Engine) mendLimitedRuntime(ctx context.Context) error {
	if text, err := os.ReadFile(e.limitedRuntime()); err != nil || bytes.Equal(text, LimitedRuntime) {
		return nil
	}
	report.Info(ctx, "the container runtime %s was broken or of another version: it is written anew", e.limitedRuntime())
	_, err := e.writeLimitedRuntime()
	return err
}

func (e *Engine) limitedRuntime() string { return filepath.Join(e.Cache, "runc-limited") }
