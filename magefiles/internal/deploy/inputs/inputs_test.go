package inputs

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/testkit"
	"todo-app/magefiles/internal/tree"
)

func noHead(tree.File) string { return "" }

func listOf(t *testing.T, files map[string]string) List {
	t.Helper()
	root := t.TempDir()
	testkit.WriteFiles(t, root, files)
	l := List{}
	require.NoError(t, l.Add("app/", tree.Tree{Root: root}, noHead))
	return l
}

func TestDifferencesAreNamedInOrder(t *testing.T) {
	t.Parallel()
	before := listOf(t, map[string]string{"b.py": "1", "c.py": "same", "gone.py": "3"})
	now := listOf(t, map[string]string{"b.py": "2", "c.py": "same", "a/new.py": "3"})
	assert.Equal(t, []string{"app/a/new.py added", "app/b.py changed", "app/gone.py gone"}, now.Since(before))
	assert.Empty(t, now.Since(now))
	assert.NotEqual(t, before.Hash(12), now.Hash(12))
	assert.Equal(t, listOf(t, map[string]string{"x": "1"}).Hash(12), listOf(t, map[string]string{"x": "1"}).Hash(12))
	assert.NotEqual(t, List{"a": "bc"}.Hash(12), List{"ab": "c"}.Hash(12))
}

func TestWhatWasKeptIsReadAgain(t *testing.T) {
	t.Parallel()
	s := Store{Folder: filepath.Join(t.TempDir(), "inputs")}
	assert.Nil(t, s.Read("todo-backend-1"))
	require.NoError(t, s.Keep("todo-backend-1", List{"a": "1"}))
	assert.Equal(t, List{"a": "1"}, s.Read("todo-backend-1"))
	testkit.WriteFiles(t, s.Folder, map[string]string{"todo-backend-1.json": "{"})
	assert.Nil(t, s.Read("todo-backend-1"), "a broken file is none")
}

func TestOnlyTheLastListsAreKept(t *testing.T) {
	t.Parallel()
	s := Store{Folder: t.TempDir()}
	for i := range kept {
		require.NoError(t, s.Keep(fmt.Sprint(i), List{"i": "1"}))
	}
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(s.path("7"), long, long))
	require.NoError(t, s.Keep("new", List{"i": "1"}))
	entries, err := os.ReadDir(s.Folder)
	require.NoError(t, err)
	assert.Len(t, entries, kept)
	assert.Nil(t, s.Read("7"), "the oldest has gone")
	assert.NotNil(t, s.Read("new"))
}
