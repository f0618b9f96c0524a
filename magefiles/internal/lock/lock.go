// Package lock has one process at a time do what two must not do at once. A lock goes with its process, so one that was
// killed leaves nothing to clean up.
package lock

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Wait takes the lock at path, where need be by waiting for the process that has it: then it calls busy first, which
// says for what this one waits.
func Wait(ctx context.Context, path string, busy func()) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("making the folder of the lock %s: %w", path, err)
	}
	lock := flock.New(path)
	held, err := lock.TryLock()
	if err == nil && !held {
		busy()
		held, err = lock.TryLockContext(ctx, 500*time.Millisecond)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil || !held:
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { _ = lock.Unlock() }, nil
}
