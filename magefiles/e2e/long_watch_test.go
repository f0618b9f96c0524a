//go:build long && !windows

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

// watching is `mage watch` on a copy of the sources, in a session of its own, as in a terminal.
type watching struct {
	*deployment
	cmd *exec.Cmd
	log string
}

func (d *deployment) watch(t *testing.T) *watching {
	t.Helper()
	same := *d
	same.root = copyOfSources(t, d.root)
	w := &watching{deployment: &same, log: filepath.Join(t.TempDir(), "log")}
	log, err := os.Create(w.log)
	require.NoError(t, err)
	t.Cleanup(func() { _ = log.Close() })
	w.cmd = same.command([]string{key}, d.program, "watch", "-json")
	w.cmd.Stdout, w.cmd.Stderr = log, log
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	require.NoError(t, w.cmd.Start())
	t.Cleanup(func() { _ = syscall.Kill(-w.cmd.Process.Pid, syscall.SIGKILL) })
	w.rounds(t, 1)
	return w
}

func (w *watching) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(w.log)
	require.NoError(t, err)
	return string(text)
}

// events are what was printed so far, without a line that is not whole yet.
func (w *watching) events(t *testing.T) (all []map[string]any) {
	t.Helper()
	for line := range strings.Lines(w.text(t)) {
		var e map[string]any
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), &e) == nil {
			all = append(all, e)
		}
	}
	return all
}

// waits reports whether an event is that watch has nothing to do.
func waits(e map[string]any) bool {
	text, _ := e["text"].(string)
	return e["step"] == "watch" && strings.HasPrefix(text, "waiting for the next change")
}

// rounds waits until it has deployed so often, well or not, and waits again itself.
func (w *watching) rounds(t *testing.T, n int) {
	t.Helper()
	wait.Until(t, "a round of watch to end", func() bool {
		ended := 0
		for _, e := range w.events(t) {
			if waits(e) {
				ended++
			}
		}
		return ended >= n
	}, func() string { return w.text(t) })
}

// save changes a file of the sources the way that many editors do: beside it, and then by a rename.
func (d *deployment) save(t *testing.T, name string, change func(text string) string) {
	t.Helper()
	path := filepath.Join(d.root, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path+"~", []byte(change(string(text))), 0o644))
	require.NoError(t, os.Rename(path+"~", path))
}

// more adds a line, and one that no run before had: what is built of it is on this machine from no earlier one.
func more(line string) func(string) string {
	return func(text string) string { return fmt.Sprintf("%s\n%s\n# %s\n", text, line, time.Now()) }
}

// version is the backend's that answers through the ingress.
func (v *visitor) version(t *testing.T) string {
	t.Helper()
	var running struct{ Version string }
	status, body, err := v.request("GET", "/api/version", "")
	require.NoError(t, err)
	require.Equal(t, 200, status, body)
	require.NoError(t, json.Unmarshal([]byte(body), &running))
	return running.Version
}

// TestWatchBringsWhatIsSavedAndLeavesNothingBehind is one story: what is saved runs, what is broken is told and
// does not, and an interruption in the midst of a rollout leaves a release that serves.
func TestWatchBringsWhatIsSavedAndLeavesNothingBehind(t *testing.T) {
	d, v := shared(t, kind)
	w := d.watch(t)
	const module = "backend/app/main.py"
	before := v.version(t)
	w.save(t, module, more("# a comment"))
	w.rounds(t, 2)
	saved := v.version(t)
	assert.NotEqual(t, before, saved)

	w.save(t, module, more("raise RuntimeError('broken by the test')"))
	w.rounds(t, 3)
	assert.Equal(t, saved, v.version(t), "the last good version serves on")
	assert.Contains(t, w.text(t), "CrashLoopBackOff")
	assert.Contains(t, w.text(t), "RuntimeError: broken by the test", "the pod's own words")

	w.save(t, module, func(text string) string { return strings.Replace(text, "raise RuntimeError", "# ", 1) })
	w.rounds(t, 4)
	mended := v.version(t)
	assert.NotEqual(t, saved, mended)
	w.save(t, "deploy/helm/todo-app/values.yaml", more("# no value is another"))
	w.rounds(t, 5)
	assert.Contains(t, d.helm(t, "history", "todo-app"), "mage deploy")

	revision := d.helm(t, "list", "--output", "json")
	w.save(t, module, more("# interrupted"))
	wait.Until(t, "the rollout to begin", func() bool {
		return strings.Contains(d.helm(t, "history", "todo-app", "--max", "1", "--output", "json"), "pending-upgrade")
	}, func() string { return w.text(t) })
	running := descendants(t, w.cmd.Process.Pid)
	require.NoError(t, syscall.Kill(-w.cmd.Process.Pid, syscall.SIGINT))
	require.NoError(t, w.cmd.Wait(), w.text(t))
	for _, pid := range running {
		wait.Until(t, "process "+pid+" to end", func() bool { return started(pid) == "" })
	}
	assert.NotEqual(t, revision, d.helm(t, "list", "--output", "json"))
	assert.Contains(t, d.helm(t, "history", "todo-app", "--max", "1", "--output", "json"), `"deployed"`)
	assert.Equal(t, mended, v.version(t))
	v.sees(t, "survive everything")
	assert.Contains(t, d.must(t, "deploy", key), "✓ verify", "no lock is left")
}
