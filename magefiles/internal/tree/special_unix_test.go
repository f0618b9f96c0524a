//go:build !windows

package tree

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPipesAndSocketsArePassedBy(t *testing.T) {
	t.Parallel()
	tree := sample(t)
	want := names(t, tree)
	require.NoError(t, syscall.Mkfifo(filepath.Join(tree.Root, "a", "pipe"), 0o600))
	dir, err := os.MkdirTemp("", "s") // a socket's path may not be long
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	require.NoError(t, err)
	defer socket.Close()
	require.NoError(t, os.Link(filepath.Join(dir, "socket"), filepath.Join(tree.Root, "a", "socket")))
	assert.Equal(t, want, names(t, tree))
	require.NoError(t, tree.Hash(io.Discard, func(File) string { return "" }))
	assert.NoError(t, tree.Copy(filepath.Join(t.TempDir(), "copy")))
}

func TestAFileThatGoesWhileItIsHashedWasNotThere(t *testing.T) {
	t.Parallel()
	tree := sample(t)
	var w strings.Builder
	require.NoError(t, tree.Hash(&w, func(f File) string {
		_ = os.Remove(filepath.Join(tree.Root, "a", "read-only"))
		return f.Name + " "
	}))
	assert.Equal(t, "a/b/program #!link a/read-only", w.String())
}

func TestAReadDoesNotWaitForThePipeThatTookAFilesPlace(t *testing.T) {
	t.Parallel()
	tree := sample(t)
	require.ErrorContains(t, tree.Walk(func(f File) error {
		if f.Link() {
			return nil
		}
		require.NoError(t, os.Remove(f.Path))
		require.NoError(t, syscall.Mkfifo(f.Path, 0o600))
		return f.Content(io.Discard)
	}), "it is no file")
}
