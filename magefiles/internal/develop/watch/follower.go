package watch

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"todo-app/magefiles/internal/report"
)

const (
	// quiet is how long no file may change before a change counts as whole: a branch switch is one.
	quiet = 150 * time.Millisecond
	// longest is how long that is waited for: some program may write all the time.
	longest = 3 * time.Second
	// pace is the time between two looks at the files where the system tells of no change.
	pace = time.Second
)

// follower waits for changes of files in folders. It says only that there may be some.
type follower struct {
	folders func() ([]string, error)
	watcher *fsnotify.Watcher // nil: the system does not tell of changes
	add     func(folder string) error
}

// opener is fsnotify.NewWatcher, or another in tests.
type opener func() (*fsnotify.Watcher, error)

// newFollower returns a follower of all that is in folders.
func newFollower(ctx context.Context, folders func() ([]string, error), open opener) *follower {
	f := &follower{folders: folders}
	watcher, err := open()
	if err != nil {
		f.fallBack(ctx, err)
		return f
	}
	f.watcher, f.add = watcher, watcher.Add
	return f
}

// refresh follows the folders, too, that have come since. What is in them is found by whoever looks after this.
func (f *follower) refresh(ctx context.Context) error {
	if f.watcher == nil {
		return nil
	}
	folders, err := f.folders()
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := f.add(folder); err != nil && !errors.Is(err, syscall.ENOENT) {
			f.close()
			f.fallBack(ctx, err)
			return nil
		}
	}
	return nil
}

// fallBack has the files looked at from time to time, and says why, and what mends it.
func (f *follower) fallBack(ctx context.Context, err error) {
	mend := ""
	switch {
	case errors.Is(err, syscall.ENOSPC):
		mend = "; `sudo sysctl fs.inotify.max_user_watches=524288` raises the limit"
	case errors.Is(err, syscall.EMFILE):
		mend = "; `sudo sysctl fs.inotify.max_user_instances=512` raises the limit"
	}
	report.Warn(ctx, "the system does not tell which files change, so all are looked at every second: %v%s", err, mend)
	f.watcher = nil
}

// wait returns once files may have changed and none does any more.
func (f *follower) wait(ctx context.Context) error {
	if f.watcher == nil {
		return pause(ctx, pace)
	}
	if err := f.event(ctx, nil); err != nil {
		return err
	}
	for end := time.Now().Add(longest); time.Now().Before(end); {
		if err := f.event(ctx, time.After(quiet)); !errors.Is(err, errQuiet) {
			if err != nil {
				return err
			}
			continue
		}
		return nil
	}
	return nil
}

var errQuiet = errors.New("nothing has changed")

// event waits for one change, until limit comes. That the system has lost count is one.
func (f *follower) event(ctx context.Context, limit <-chan time.Time) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-limit:
		return errQuiet
	case _, open := <-f.watcher.Events:
		if !open {
			return fmt.Errorf("following the sources: %w", fsnotify.ErrClosed)
		}
	case err := <-f.watcher.Errors:
		if err != nil && !errors.Is(err, fsnotify.ErrEventOverflow) {
			report.Warn(ctx, "following the sources: %v", err)
		}
	}
	return nil
}

func (f *follower) close() {
	if f.watcher != nil {
		_ = f.watcher.Close()
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
