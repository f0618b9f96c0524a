//go:build long && !windows

package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

var readyLine = regexp.MustCompile(`(http://localhost:[0-9]+) is ready`)

// development is `mage dev` in a session of its own, as in a terminal, on a copy of the sources with a database of its
// own: somebody may be developing in this clone.
type development struct {
	cmd   *exec.Cmd
	log   *os.File
	url   string
	runs  []process // in it once it is ready
	ports []string
}

func develop(t *testing.T, root, cache string, options []string, env ...string) *development {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	d := &development{cmd: exec.Command("go", append([]string{"run", ".", "dev"}, options...)...), log: log}
	d.cmd.Dir = root
	d.cmd.Env = append(append(os.Environ(), "TODO_CACHE="+cache), env...)
	d.cmd.Stdout, d.cmd.Stderr = log, log
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	require.NoError(t, d.cmd.Start())
	t.Cleanup(func() { _ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL) })
	wait.Until(t, "`mage dev` to be ready", func() bool {
		found := readyLine.FindStringSubmatch(d.text(t))
		if found != nil {
			d.url = found[1]
		}
		return found != nil || strings.Contains(d.text(t), "Error:")
	}, func() string { return d.text(t) })
	require.NotEmpty(t, d.url, d.text(t))
	for _, pid := range append(processesOf(t, cache), descendants(t, d.cmd.Process.Pid)...) {
		if p := (process{pid, started(pid)}); p.started != "" {
			d.runs = append(d.runs, p)
		}
	}
	d.ports = []string{strings.TrimPrefix(d.url, "http://localhost:")}
	backend := regexp.MustCompile(`running on http://127.0.0.1:([0-9]+)`).FindStringSubmatch(d.text(t))
	if !slices.Contains(options, "-cluster") {
		require.NotNil(t, backend, d.text(t))
		d.ports = append(d.ports, backend[1])
	}
	return d
}

func (d *development) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(d.log.Name())
	require.NoError(t, err)
	return string(text)
}

// interrupt does what Ctrl-C does on a terminal, and leavesNothing waits until nothing lives or listens any more.
func (d *development) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, syscall.Kill(-d.cmd.Process.Pid, syscall.SIGINT))
}

func (d *development) leavesNothing(t *testing.T) {
	t.Helper()
	_ = d.cmd.Wait()
	assert.Greater(t, len(d.runs), 3)
	for _, p := range d.runs {
		wait.Until(t, "process "+p.pid+" to end", func() bool { return started(p.pid) != p.started },
			func() string { return d.text(t) })
	}
	for _, port := range d.ports {
		_, err := net.Dial("tcp", "127.0.0.1:"+port)
		assert.Error(t, err, "something listens at %s", port)
	}
}

// processesOf are those whose command line names a folder: Postgres has left its parents behind.
func processesOf(t *testing.T, folder string) []string {
	t.Helper()
	out, err := exec.Command("ps", "-e", "-ww", "-o", "pid=,args=").Output()
	require.NoError(t, err)
	var pids []string
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, folder+"/dev-") {
			pids = append(pids, strings.Fields(line)[0])
		}
	}
	return pids
}

// developmentSources is a copy of the sources, with the packages that are installed here: Next.js takes no link to
// these, and looks for them nowhere else. Inside of this clone the files of both can be the same.
func developmentSources(t *testing.T) string {
	t.Helper()
	here, err := filepath.Abs("../..")
	require.NoError(t, err)
	folder := filepath.Join(here, "artifacts", t.Name())
	require.NoError(t, os.RemoveAll(folder)) // an earlier run's
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(folder)) })
	copySources(t, here, folder)
	linkAll(t, filepath.Join(here, "frontend", "node_modules"), filepath.Join(folder, "frontend", "node_modules"))
	return folder
}

// developmentCache is a cache of its own with the Python environments of the usual one.
func developmentCache(t *testing.T) string {
	t.Helper()
	cache := t.TempDir()
	environments, err := filepath.Glob(filepath.Join(usualCache(t), "python-*"))
	require.NoError(t, err)
	for _, one := range environments {
		require.NoError(t, os.Symlink(one, filepath.Join(cache, filepath.Base(one))))
	}
	return cache
}
