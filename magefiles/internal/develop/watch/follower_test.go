package watch

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
)

func TestABranchSwitchIsOneChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var writing sync.WaitGroup
		events := make(chan fsnotify.Event)
		f := &follower{watcher: &fsnotify.Watcher{Events: events, Errors: make(chan error)}}
		writes := func(times int, pace time.Duration) {
			for range times {
				select {
				case events <- fsnotify.Event{}:
				case <-ctx.Done():
					return
				}
				time.Sleep(pace)
			}
		}
		began := time.Now()
		writing.Go(func() { writes(500, quiet/50) })
		require.NoError(t, f.wait(ctx))
		assert.Equal(t, 499*(quiet/50)+quiet, time.Since(began))

		began = time.Now()
		writing.Go(func() { writes(1_000_000, quiet/10) }) // a program that does not stop
		require.NoError(t, f.wait(ctx))
		assert.Equal(t, longest, time.Since(began))
		cancel()
		writing.Wait()
	})
}

func TestWithoutAnyMoreWatchesTheFilesAreLookedAt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err  error
		says string
	}{
		"all instances are used": {syscall.EMFILE, "sysctl fs.inotify.max_user_instances=512"},
		"all watches are used":   {syscall.ENOSPC, "sysctl fs.inotify.max_user_watches=524288"},
		"there are none":         {errors.New("not supported"), "looked at every second: not supported\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRun(t)
			r.open = func() (*fsnotify.Watcher, error) { return nil, tt.err }
			end := r.start(t)
			r.waits(t, 1)
			assert.Contains(t, r.text(), tt.says)
			r.write(t, "backend/main.py", "1")
			r.waits(t, 2)
			require.NoError(t, end())
		})
	}
}

func TestAFolderThatCannotBeFollowedHasAllLookedAt(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	var out bytes.Buffer
	err := report.Plain(&out).Run(t.Context(), "watch", func(ctx context.Context) (string, error) {
		f := newFollower(ctx, r.Folders, fsnotify.NewWatcher)
		f.add = func(string) error { return syscall.ENOSPC }
		require.NoError(t, f.refresh(ctx))
		assert.Nil(t, f.watcher)
		require.NoError(t, f.refresh(ctx))
		return "", f.wait(ctx)
	})
	require.NoError(t, err)
	assert.Contains(t, out.String(), "max_user_watches")
}
