//go:build long

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestADamagedCacheIsMadeAnewAndSaysIt damages a file of each cache, in a copy of those that clones share and in a copy of
// this clone, whose own this run uses, and runs what uses it.
func TestADamagedCacheIsMadeAnewAndSaysIt(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	clone, cache := copyOfSources(t, root), filepath.Join(t.TempDir(), "cache")
	linkAll(t, filepath.Join(root, "frontend", "node_modules"), filepath.Join(clone, "frontend", "node_modules"))
	linkAll(t, usualCache(t), cache)
	for _, c := range []struct {
		name, file, seal string // below the folder of caches, or the clone
		run              []string
		says             string
	}{
		{"helm", "bin/helm", "stamps/helm.seal", []string{"setup"}, "helm is broken ("},
		{"kubectl", "bin/kubectl", "stamps/kubectl.seal", []string{"setup"}, "kubectl is broken ("},
		{"minikube", "bin/minikube", "stamps/minikube.seal", []string{"setup"}, "minikube is broken ("},
		{"the Python environment", "python-*/lib/python*/site-packages/fastapi/routing.py", "python-*.seal",
			[]string{"test", "-only=backend", "-run=test_paging"}, "the Python environment is broken ("},
		{"mypy's cache", "kept/mypy-*.tar.gz", "", []string{"test", "-only=backend", "-run=test_paging"},
			"what was kept is broken ("},
		{"tsc's knowledge", "kept/tsc-*.tar.gz", "", []string{"lint"}, "what was kept is broken ("},
		{"Turbopack's cache", "kept/next-*.tar.gz", "", []string{"browser", "-only=commands"}, "what was kept is broken ("},
		{"the frontend's build", "frontend/.next/standalone/server.js", "frontend/.next/standalone/.todo-app-seal",
			[]string{"browser", "-only=commands"}, "the frontend's build is broken ("},
		{"Node.js packages", "frontend/node_modules/next/package.json", "frontend/node_modules/.todo-app-seal",
			[]string{"browser", "-only=commands"}, "frontend/node_modules is broken ("},
	} {
		place := cache
		if strings.HasPrefix(c.file, "frontend/") {
			place = clone
		}
		for _, d := range damages {
			t.Run(c.name+" "+d.name, func(t *testing.T) {
				if d.name == ofAnotherVersion && c.seal == "" {
					t.Skip("its archive bears the version in its name")
				}
				damaged := c.file
				if d.name == ofAnotherVersion {
					damaged = c.seal
				}
				files, err := filepath.Glob(filepath.Join(place, damaged))
				require.NoError(t, err)
				require.NotEmpty(t, files, "a run of these tests leaves some")
				for _, file := range files {
					replace(t, file, d.how)
				}
				if c.name == "Turbopack's cache" { // else nothing is built
					require.NoError(t, os.RemoveAll(filepath.Join(clone, "frontend", ".next", "standalone")))
				}
				cmd := exec.Command(compiled, c.run...)
				cmd.Dir, cmd.Env = clone, append(os.Environ(), "TODO_CACHE="+cache, "PATH="+pathWithout(usualCache(t)))
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
				if d.name != ofAnotherVersion {
					assert.Contains(t, string(out), c.says)
				}
			})
		}
	}
}

const ofAnotherVersion = "of another version"

// damages are what happens to files.
var damages = []struct {
	name string
	how  func([]byte) []byte
}{
	{"cut in half", func(text []byte) []byte { return text[:len(text)/2] }},
	{"filled with noise", func(text []byte) []byte {
		noise := rand.NewChaCha8([32]byte{})
		_, _ = noise.Read(text)
		return text
	}},
	{ofAnotherVersion, func(seal []byte) []byte {
		list := bytes.Replace(seal[2*sha256.Size:], []byte(`{"Key":"`), []byte(`{"Key":"another `), 1)
		sum := sha256.Sum256(list)
		return append([]byte(hex.EncodeToString(sum[:])), list...)
	}},
}

// replace puts another file in a file's place: its content may be that of the usual cache, too.
func replace(t *testing.T, path string, how func([]byte) []byte) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.WriteFile(path, how(text), info.Mode()))
}

// pathWithout is PATH without the folders below one.
func pathWithout(folder string) string {
	return strings.Join(slices.DeleteFunc(filepath.SplitList(os.Getenv("PATH")), func(one string) bool {
		return strings.HasPrefix(one, folder)
	}), fmt.Sprintf("%c", os.PathListSeparator))
}
