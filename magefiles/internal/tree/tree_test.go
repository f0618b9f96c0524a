package tree

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is a tree with a read-only file, a program and a link.
func sample(t *testing.T) Tree {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "a", "b"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "a", "read-only"), []byte("text"), 0o444))
	require.NoError(t, os.WriteFile(filepath.Join(root, "a", "b", "program"), []byte("#!"), 0o755))
	require.NoError(t, os.Symlink("a/read-only", filepath.Join(root, "link")))
	return Tree{Root: root}
}

func names(t *testing.T, tree Tree) []string {
	t.Helper()
	var list []string
	require.NoError(t, tree.Walk(func(f File) error {
		list = append(list, f.Name)
		return nil
	}))
	return list
}

func TestAWalkComesToEveryFileThatIsNotSkippedInOrder(t *testing.T) {
	t.Parallel()
	tree := sample(t)
	assert.Equal(t, []string{"a/b/program", "a/read-only", "link"}, names(t, tree))
	tree.Skip = func(name string, folder bool) (bool, error) { return folder && path.Base(name) == "b", nil }
	assert.Equal(t, []string{"a/read-only", "link"}, names(t, tree))
	tree.Skip = func(name string, _ bool) (bool, error) { return false, fmt.Errorf("no rule for %s", name) }
	require.EqualError(t, tree.Walk(func(File) error { return nil }), "no rule for a")
	require.Error(t, Tree{Root: filepath.Join(tree.Root, "absent")}.Walk(func(File) error { return nil }))
}

func TestAHashCoversNamesContentsAndWhereLinksLead(t *testing.T) {
	t.Parallel()
	var w strings.Builder
	require.NoError(t, sample(t).Hash(&w, func(f File) string { return fmt.Sprintf("[%s %d]", f.Name, f.Info.Size()) }))
	assert.Equal(t, "[a/b/program 2]#![a/read-only 4]text[link 11]a/read-only", w.String())
}

func TestACopyOfAFileIsWritableAndOverwritesNothing(t *testing.T) {
	t.Parallel()
	root, to := sample(t).Root, t.TempDir()
	for name, want := range map[string]os.FileMode{"a/read-only": 0o600, "a/b/program": 0o700} {
		require.NoError(t, CopyFile(filepath.Join(root, name), filepath.Join(to, name)))
		info, err := os.Stat(filepath.Join(to, name))
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm()&0o700, name)
		require.ErrorIs(t, CopyFile(filepath.Join(root, name), filepath.Join(to, name)), os.ErrExist)
	}
}

func TestModesAreFixed(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "a"), 0o700))
	given := map[string]os.FileMode{"a/private": 0o600, "a/open": 0o666, "program": 0o700, "groups": 0o670}
	for name, mode := range given {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), nil, 0o600))
		require.NoError(t, os.Chmod(filepath.Join(root, name), mode))
	}
	require.NoError(t, FixModes(root))
	fixed := map[string]os.FileMode{"a": 0o755, "a/private": 0o644, "a/open": 0o644, "program": 0o755, "groups": 0o644}
	for name, want := range fixed {
		info, err := os.Stat(filepath.Join(root, name))
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), name)
	}
}

func TestAFileThatCannotBeWrittenLeavesNoHalf(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	taken := filepath.Join(folder, "taken")
	require.NoError(t, os.MkdirAll(filepath.Join(taken, "full"), 0o755))
	require.Error(t, WriteFile(taken, []byte("text"), 0o644))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}
