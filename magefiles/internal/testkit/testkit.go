// Package testkit has what tests of many packages need.
package testkit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/ports"
)

// ErrorSays requires an error that contains each of texts, or none where there is no text.
func ErrorSays(t *testing.T, err error, texts ...string) {
	t.Helper()
	if strings.Join(texts, "") == "" {
		require.NoError(t, err)
		return
	}
	for _, text := range texts {
		require.ErrorContains(t, err, text)
	}
}

// WriteFiles writes files, whose names are relative to folder, and makes the folders that they need.
func WriteFiles(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

// FreePort returns a port at which nothing listens, and which nothing else takes.
func FreePort(t *testing.T) int {
	t.Helper()
	port, err := ports.Hold()
	require.NoError(t, err)
	return port
}
