package sealed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

// locks are those of what this process uses, by their path. They are given back when it ends, however that comes.
var locks sync.Map

// lock is one of them. Its flock is closed where nothing leads to it.
type lock struct {
	sync.Mutex
	held *flock.Flock // nil while the thing is not in use
}

// pause is how long a run waits before it looks again whether another one has done with a thing.
const pause = 200 * time.Millisecond

// Use makes the thing unless it is whole, and keeps it from being made anew, by any run, until this process ends. Its
// lock is in folder, outside of itself, as what is made anew is removed first. While another run makes it, or uses what
// this one has to make anew, this one waits.
func (t Thing) Use(ctx context.Context, folder string, make func(context.Context) error) error {
	path, err := filepath.Abs(t.Seal)
	if err != nil {
		return fmt.Errorf("locking %s: %w", t.Name, err)
	}
	path = filepath.Join(folder, "sealed-"+digest([]byte(path))[:12]+".lock")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder of lock files: %w", err)
	}
	said := false
	return poll.Until(ctx, pause, 0, func() error {
		done, err := t.try(ctx, path, make)
		switch {
		case err != nil:
			return poll.Permanent(err)
		case done:
			return nil
		case !said:
			report.Info(ctx, "another run makes or uses %s: waiting for it", t.Name)
			said = true
		}
		return errors.New("another run has it")
	})
}

// try reports whether the thing is whole and this process's to use: not while another run has the lock that it takes.
func (t Thing) try(ctx context.Context, path string, make func(context.Context) error) (done bool, err error) {
	found, _ := locks.LoadOrStore(path, &lock{})
	mine := found.(*lock)
	mine.Lock()
	defer mine.Unlock()
	if mine.held != nil {
		if whole, _ := t.Whole(); whole {
			return true, nil
		}
		_ = mine.held.Unlock() // damaged, or its key has changed meanwhile
		mine.held = nil
	}
	file := flock.New(path)
	for {
		if ok, err := file.TryRLock(); err != nil || !ok {
			return false, unlockable(path, err)
		}
		if whole, _ := t.Whole(); whole {
			mine.held = file
			return true, nil
		}
		if err := file.Unlock(); err != nil {
			return false, unlockable(path, err)
		}
		ok, err := file.TryLock()
		if err != nil || !ok {
			return false, unlockable(path, err)
		}
		if whole, _ := t.Whole(); !whole { // else another run has just made it
			err = t.Make(ctx, make)
		}
		_ = file.Unlock()
		if err != nil {
			return false, err
		}
	}
}

func unlockable(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("locking %s: %w", path, err)
}
