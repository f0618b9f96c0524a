//go:build e2e || long

package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// linkAll makes a folder with the same files as another: the links of the one lead to the same names in the other.
func linkAll(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, strings.TrimPrefix(path, from))
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case entry.Type()&fs.ModeSymlink != 0:
			leads, err := os.Readlink(path)
			return errors.Join(err, os.Symlink(leads, target))
		default:
			return os.Link(path, target)
		}
	}))
}

// usualCache is the folder of the caches that all clones share.
func usualCache(t *testing.T) string {
	t.Helper()
	if usual := os.Getenv("TODO_CACHE"); usual != "" {
		return usual
	}
	user, err := os.UserCacheDir()
	require.NoError(t, err)
	return filepath.Join(user, "todo-app")
}
