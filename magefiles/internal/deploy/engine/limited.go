package engine

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// LimitedRuntime is an OCI runtime for machines where even root lacks CAP_SYS_RESOURCE: a script that asks runc for no more
// than that. Where root has the capability it changes nothing.
//
//go:embed runc-limited
var LimitedRuntime []byte

// writeLimitedRuntime puts the runtime where dockerd finds it.
func (e *Engine) writeLimitedRuntime() (path string, err error) {
	path = filepath.Join(e.Cache, "runc-limited")
	if err := os.MkdirAll(e.Cache, 0o755); err != nil {
		return "", fmt.Errorf("making the folder of the container runtime: %w", err)
	}
	if err := os.WriteFile(path, LimitedRuntime, 0o755); err != nil {
		return "", fmt.Errorf("writing the container runtime: %w", err)
	}
	return path, nil
}
