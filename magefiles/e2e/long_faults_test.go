//go:build long

package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

// TestARunNamesWhatWasTakenAwayFromIt takes away what builds and clusters stand on: a run says so and how to go on, and
// the next one succeeds.
func TestARunNamesWhatWasTakenAwayFromIt(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	lost := profile + "-lost"
	d := &deployment{root: copyOfSources(t, root), program: compiled, env: []string{"TODO_CLUSTER=kind",
		"TODO_PROFILE=" + lost, "TODO_HTTP_PORT=" + freePort(t), "KUBECONFIG=" + filepath.Join(t.TempDir(), "kubeconfig")}}
	changes := func(t *testing.T, file string) {
		t.Helper()
		path := filepath.Join(d.root, "backend", file)
		before, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, fmt.Appendf(before, "\n# %s\n", time.Now()), 0o644))
	}
	t.Run("the engine, while it builds", func(t *testing.T) {
		changes(t, "app/main.py")
		engine := newForwarder(t, "/var/run/docker.sock")
		out, run := &written{}, d.target("run", "DOCKER_HOST=unix://"+engine.path)
		run.Stdout, run.Stderr = out, out
		require.NoError(t, run.Start())
		wait.Until(t, "a build", func() bool { return strings.Contains(out.String(), "building backend") }, out.String)
		engine.cut()
		require.Error(t, run.Wait())
		t.Log(out)
		assert.Contains(t, out.String(), "building the image todo-backend")
		assert.Contains(t, out.String(), "no engine answers there\nStart that engine")
		assert.Contains(t, d.must(t, "run"), "✓ run")
	})
	t.Run("the registry of packages, while an image is built", func(t *testing.T) {
		requirements := filepath.Join(d.root, "backend", "requirements.txt")
		before, err := os.ReadFile(requirements)
		require.NoError(t, err)
		changes(t, "requirements.txt")
		const nowhere = "http://127.0.0.1:9"
		out := d.fails(t, "run", "HTTPS_PROXY="+nowhere, "HTTP_PROXY="+nowhere, "https_proxy="+nowhere, "http_proxy="+nowhere)
		assert.Contains(t, out, "building the image todo-backend")
		assert.Contains(t, out, "The registry of packages did not answer. Look at the network and at the proxy that HTTPS_")
		require.NoError(t, os.WriteFile(requirements, before, 0o644))
		assert.Contains(t, d.must(t, "run"), "✓ run")
	})
	t.Run("the room in the folder of caches", func(t *testing.T) {
		folder := fullCache(t)
		out := d.fails(t, "cluster", "TODO_CACHE="+folder)
		assert.Contains(t, out, "no space left on device; choose another folder with TODO_CACHE")
		assert.NotContains(t, out, "for a bug report", "no report could be written")
		assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "label=io.x-k8s.kind.cluster="+lost))
		changes(t, "app/main.py")
		out = d.must(t, "run", "TODO_CACHE="+folder)
		assert.Contains(t, out, "choose another folder with TODO_CACHE", "what is not kept is said, and costs no run")
		halves, err := filepath.Glob(filepath.Join(folder, "*", "*.json.*"))
		require.NoError(t, err)
		assert.Empty(t, halves)
	})
}

// fullCache is a folder of caches with all that the usual one has, on a file system of its own that has no room.
func fullCache(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	mounted(t, folder, "-t", "tmpfs", "-o", "size=1m", "tmpfs")
	for _, name := range []string{"bin", "stamps", "kept", "contexts", "packages"} {
		require.NoError(t, os.Symlink(filepath.Join(usualCache(t), name), filepath.Join(folder, name)))
	}
	require.Error(t, os.WriteFile(filepath.Join(folder, "filler"), make([]byte, 2<<20), 0o600), "it is full now")
	return folder
}

// mounted mounts a file system, which args describe, at folder until the test ends.
func mounted(t *testing.T, folder string, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", append(args, folder)...).CombinedOutput(); err != nil {
		t.Skipf("only root may mount a file system: %s", out)
	}
	t.Cleanup(func() { assert.NoError(t, exec.Command("umount", folder).Run()) })
}

// forwarder is a socket that leads to the engine's, until it is cut.
type forwarder struct {
	path     string
	listener net.Listener
	mu       sync.Mutex
	open     []net.Conn
}

func newForwarder(t *testing.T, to string) *forwarder {
	t.Helper()
	folder, err := os.MkdirTemp("", "engine") // a socket's path must be short
	require.NoError(t, err)
	f := &forwarder{path: filepath.Join(folder, "docker.sock")}
	f.listener, err = net.Listen("unix", f.path)
	require.NoError(t, err)
	t.Cleanup(func() { f.cut(); _ = os.RemoveAll(folder) })
	go func() {
		for {
			from, err := f.listener.Accept()
			if err != nil {
				return
			}
			engine, err := net.Dial("unix", to)
			if err != nil {
				_ = from.Close()
				continue
			}
			f.mu.Lock()
			f.open = append(f.open, from, engine)
			f.mu.Unlock()
			go relay(from, engine)
			go relay(engine, from)
		}
	}()
	return f
}

// relay copies one direction, and ends it as it was ended.
func relay(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	if half, ok := to.(*net.UnixConn); ok {
		_ = half.CloseWrite()
	}
}

func (f *forwarder) cut() {
	_ = f.listener.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range slices.Backward(f.open) {
		_ = one.Close()
	}
}
