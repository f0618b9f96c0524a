package plan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gofrs/flock"

	"todo-app/magefiles/internal/report"
)

// locked runs do while no other process makes the artifact of that name. The lock goes with the process, so one that
// was killed leaves nothing to clean up.
func (p *Plan) locked(ctx context.Context, name string, do func() error) error {
	if err := os.MkdirAll(p.locks, 0o755); err != nil {
		return fmt.Errorf("making the folder of lock files: %w", err)
	}
	lock := flock.New(filepath.Join(p.locks, unsafe.ReplaceAllString(name, "-")+".lock"))
	held, err := lock.TryLock()
	if err == nil && !held {
		report.Info(ctx, "%s is being made by another run; waiting for it", name)
		held, err = lock.TryLockContext(ctx, time.Second)
	}
	if err != nil || !held {
		return fmt.Errorf("locking %s: %w", lock.Path(), err)
	}
	defer func() { _ = lock.Unlock() }()
	return do()
}

// unsafe is what has no place in a file name.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)
