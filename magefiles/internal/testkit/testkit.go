// Package testkit has what tests of many packages need.
package testkit

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/runner"
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

// HelmKeeps is what kubectl prints of the Secrets in which helm keeps the given revisions, each with its number and as
// JSON.
func HelmKeeps(t *testing.T, revisions map[int]string) string {
	t.Helper()
	var secrets []string
	for revision, text := range revisions {
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		_, err := w.Write([]byte(text))
		require.NoError(t, errors.Join(err, w.Close()))
		packed := base64.StdEncoding.EncodeToString(zipped.Bytes())
		secrets = append(secrets, fmt.Sprintf(`{"metadata":{"labels":{"version":"%d"}},"data":{"release":%q}}`, revision,
			base64.StdEncoding.EncodeToString([]byte(packed))))
	}
	return `{"items":[` + strings.Join(secrets, ",") + `]}`
}

// FreePort returns a port at which nothing listens, and which nothing else takes.
func FreePort(t *testing.T) int {
	t.Helper()
	port, err := ports.Hold()
	require.NoError(t, err)
	return port
}

// Programs returns a folder with programs, which are empty files.
func Programs(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o755))
	}
	return folder
}

// GoBuild is what a fake `go -C MODULE` does: it writes the programs that `build -o` is asked for.
func GoBuild(_ context.Context, c runner.Command) error {
	module, args := c.Args[1], c.Args[2:]
	if args[0] != "build" {
		return nil
	}
	at := slices.Index(args, "-o")
	out, packages := args[at+1], args[at+2:]
	if !strings.HasSuffix(out, string(filepath.Separator)) {
		return os.WriteFile(out, []byte("program"), 0o755)
	}
	for _, pkg := range packages {
		if pkg == "." {
			pkg = module
		}
		if err := os.WriteFile(filepath.Join(out, filepath.Base(pkg)), []byte("program"), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// NpmCI is `npm ci`, which installs one file: made-from, a copy of the lock file.
var NpmCI = runner.Reply{Prefix: "npm ci --no-audit --no-fund", Does: func(_ context.Context, c runner.Command) error {
	lock, err := os.ReadFile(filepath.Join(c.Dir, "package-lock.json"))
	modules := filepath.Join(c.Dir, "node_modules")
	return errors.Join(err, os.MkdirAll(modules, 0o755), os.WriteFile(filepath.Join(modules, "made-from"), lock, 0o644))
}}
