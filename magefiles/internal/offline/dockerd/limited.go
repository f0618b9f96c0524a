package dockerd

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/tree"
)

// LimitedRuntime is an OCI runtime for machines where even root lacks CAP_SYS_RESOURCE: a script that asks runc for no
// more than that. Where root has the capability it changes nothing.
//
//go:embed runc-limited
var LimitedRuntime []byte

// writeLimitedRuntime puts the runtime where dockerd finds it.
func (d *Daemon) writeLimitedRuntime() error {
	if err := tree.WriteFile(d.limitedRuntime(), LimitedRuntime, 0o755); err != nil { // an engine that runs never starts half of it
		return fmt.Errorf("writing the container runtime: %w", err)
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
