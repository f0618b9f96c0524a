package dockerd

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/report"
)

// LimitedRuntime is an OCI runtime for machines where even root lacks CAP_SYS_RESOURCE: a script that asks runc for no
// more than that. Where root has the capability it changes nothing.
//
//go:embed runc-limited
var LimitedRuntime []byte

// writeLimitedRuntime puts the runtime where dockerd finds it.
func (d *Daemon) writeLimitedRuntime() error {
	path := d.limitedRuntime()
	half := fmt.Sprintf("%s.%d", path, os.Getpid()) // an engine that runs never starts half of it
	if err := os.WriteFile(half, LimitedRuntime, 0o755); err != nil {
		return fmt.Errorf("writing the container runtime: %w", err)
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("putting the container runtime in its place: %w", err)
	}
	return nil
}

// Mend writes the runtime anew where the engine that Start launched runs every container through a broken one.
func (d *Daemon) Mend(ctx context.Context) error {
	if text, err := os.ReadFile(d.limitedRuntime()); err != nil || bytes.Equal(text, LimitedRuntime) {
		return nil
	}
	report.Info(ctx, "the container runtime %s was broken or of another version: it is written anew", d.limitedRuntime())
	return d.writeLimitedRuntime()
}

func (d *Daemon) limitedRuntime() string { return filepath.Join(d.Cache, "runc-limited") }
