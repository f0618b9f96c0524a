package sealed

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"todo-app/magefiles/internal/report"
)

// environment is a folder of two files, and how to make it.
func environment(t *testing.T) (Thing, func(context.Context) error) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "python")
	make := func(context.Context) error {
		return errors.Join(
			os.RemoveAll(folder), os.MkdirAll(filepath.Join(folder, "bin"), 0o755),
			os.WriteFile(filepath.Join(folder, "bin", "python"), bytes.Repeat([]byte("python"), 100), 0o700),
			os.Symlink("python", filepath.Join(folder, "bin", "python3")),
		)
	}
	return Thing{Name: "the environment", Key: "1", Paths: []string{folder}, Seal: folder + ".seal"}, make
}

func TestAThingIsWholeOnceItIsMadeAndUntilItIsMadeFromSomethingElse(t *testing.T) {
	t.Parallel()
	thing, make := environment(t)
	whole, damage := thing.Whole()
	assert.False(t, whole)
	assert.Empty(t, damage)
	require.NoError(t, thing.Make(t.Context(), make))
	require.NoError(t, os.WriteFile(filepath.Join(thing.Paths[0], "added"), nil, 0o600))
	whole, _ = thing.Whole()
	assert.True(t, whole)
	thing.Key = "2"
	whole, damage = thing.Whole()
	assert.False(t, whole)
	assert.Empty(t, damage, "another version is no damage")
}

func TestAThingIsNotWholeAfterAFailure(t *testing.T) {
	t.Parallel()
	thing, make := environment(t)
	require.NoError(t, thing.Make(t.Context(), make))
	require.Error(t, thing.Make(t.Context(), func(context.Context) error { return errors.New("no network") }))
	whole, _ := thing.Whole()
	assert.False(t, whole)
}

func TestDamageIsSaidAndMended(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		damage func(t *testing.T, thing Thing, program string)
		said   string
	}{
		"a file cut in half": {
			func(t *testing.T, _ Thing, program string) { require.NoError(t, os.Truncate(program, 300)) },
			"python has 300 bytes instead of 600",
		},
		"a file filled with noise": {
			func(t *testing.T, _ Thing, program string) {
				require.NoError(t, os.WriteFile(program, bytes.Repeat([]byte{0xa5}, 600), 0o600))
				later := time.Now().Add(time.Second) // a file system may count in seconds
				require.NoError(t, os.Chtimes(program, time.Time{}, later))
			},
			"python holds something else",
		},
		"a file that is gone": {
			func(t *testing.T, _ Thing, program string) { require.NoError(t, os.Remove(program)) },
			"python is missing",
		},
		"the seal cut in half": {
			func(t *testing.T, thing Thing, _ string) { require.NoError(t, os.Truncate(thing.Seal, 100)) },
			"python.seal, the list of its files, is damaged",
		},
		"the seal filled with noise": {
			func(t *testing.T, thing Thing, _ string) {
				require.NoError(t, os.WriteFile(thing.Seal, bytes.Repeat([]byte{0xa5}, 600), 0o600))
			},
			"python.seal, the list of its files, is damaged",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			thing, make := environment(t)
			require.NoError(t, thing.Make(t.Context(), make))
			c.damage(t, thing, filepath.Join(thing.Paths[0], "bin", "python"))
			var out bytes.Buffer
			require.NoError(t, report.Plain(&out).Run(t.Context(), "step", func(ctx context.Context) (string, error) {
				return "", thing.Use(ctx, t.TempDir(), make)
			}))
			assert.Contains(t, out.String(), "the environment is broken ("+c.said+"): it is made anew\n")
			whole, _ := thing.Whole()
			assert.True(t, whole)
		})
	}
}

func TestACopyWithOtherTimesIsWhole(t *testing.T) {
	t.Parallel()
	thing, make := environment(t)
	require.NoError(t, thing.Make(t.Context(), make))
	require.NoError(t, os.Chtimes(filepath.Join(thing.Paths[0], "bin", "python"), time.Time{}, time.Unix(1, 0)))
	whole, damage := thing.Whole()
	assert.True(t, whole, damage)
}

func TestWhatAnotherRunUsesIsNotMadeAnew(t *testing.T) {
	t.Parallel()
	thing, make := environment(t)
	locks, ctx := t.TempDir(), t.Context()
	require.NoError(t, thing.Use(ctx, locks, make))
	require.NoError(t, thing.Use(ctx, locks, func(context.Context) error { return errors.New("it is there") }))
	files, err := filepath.Glob(filepath.Join(locks, "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	ok, err := flock.New(files[0]).TryLock()
	require.NoError(t, err)
	assert.False(t, ok, "no other process can take the lock that making it takes")
	other := flock.New(files[0])
	ok, err = other.TryRLock()
	require.NoError(t, err)
	assert.True(t, ok, "any number may use it")

	ended, end := context.WithCancel(ctx)
	end()
	thing.Key = "2"
	err = thing.Use(ended, locks, make)
	require.ErrorIs(t, err, context.Canceled, "it waits for the other one")
	require.NoError(t, other.Unlock())
	require.NoError(t, thing.Use(ctx, locks, make))
}

func TestManyAtOnceMakeItOnce(t *testing.T) {
	t.Parallel()
	thing, make := environment(t)
	locks, made := t.TempDir(), 0
	var running errgroup.Group
	for range 8 {
		running.Go(func() error {
			return thing.Use(t.Context(), locks, func(ctx context.Context) error { made++; return make(ctx) })
		})
	}
	require.NoError(t, running.Wait())
	assert.Equal(t, 1, made)
}
