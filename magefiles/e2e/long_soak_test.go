//go:build long && !windows

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

const (
	saves = 100
	pace  = 18 * time.Second // between two saves: half an hour in all
)

// The files that the soak changes.
const (
	backendFile  = "backend/app/main.py"
	frontendFile = "frontend/app/layout.tsx"
	valuesFile   = "deploy/helm/todo-app/values.yaml"
)

// TestWatchFollowsSavesForHalfAnHour saves at a fixed pace, whatever watch does: lines of the backend and of the
// frontend, every tenth one broken, a chart's value, a migration, and three switches to a branch with 500 more files.
func TestWatchFollowsSavesForHalfAnHour(t *testing.T) {
	d := newDeployment(t, minikube)
	d.must(t, "deploy", key)
	w := d.watch(t)
	w.branches(t)
	requests := w.visitors(t, 2)
	v := w.visitor(t)

	began, saved := 0, time.Now()
	var took []time.Duration
	mend := func() {}
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for n := 1; n <= saves; n++ {
		<-tick.C
		switch {
		case n%30 == 0:
			w.git(t, "add", "--all") // the migration, too
			w.git(t, "commit", "--quiet", "--message", "edits")
			w.git(t, "switch", "--quiet", "-")
		case n%10 == 5:
			mend = w.breaks(t, n)
		case n%10 == 6:
			mend()
		case n == 40:
			w.save(t, valuesFile, func(text string) string {
				return strings.Replace(text, "requests: {cpu: 50m, memory: 128Mi", "requests: {cpu: 50m, memory: 130Mi", 1)
			})
		case n == 70:
			w.migrates(t)
		case n%10 == 2:
			w.save(t, frontendFile, func(text string) string { return fmt.Sprintf("%s// %d\n", text, n) })
		case n%10 == 9:
			w.rests(t, saved)
			if began == 0 {
				began = w.memory(t)
			}
			took = append(took, w.brings(t, v))
		default:
			w.save(t, backendFile, more("# a comment"))
		}
		saved = time.Now()
	}
	w.rests(t, saved)
	slices.Sort(took)
	ended := w.memory(t)
	requests.end()
	t.Logf("from a saved backend line until its version answers: %s; memory %d kB, at the end %d kB; %d requests",
		took, began, ended, requests.sent())
	assert.Empty(t, requests.failedSince(0))
	assert.Less(t, ended, began*3/2)

	require.NoError(t, syscall.Kill(-w.cmd.Process.Pid, syscall.SIGINT))
	require.NoError(t, w.cmd.Wait(), w.text(t))
	out := w.must(t, "deploy", key)
	assert.Regexp(t, `install +\S+ +unchanged \(revision`, out, "what runs is what is on disk")
}

// branches makes a repository of the sources, and a branch with 500 more files that comes first when one switches.
func (w *watching) branches(t *testing.T) {
	t.Helper()
	w.git(t, "init", "--quiet", "--initial-branch", "main")
	w.git(t, "add", "--all")
	w.git(t, "commit", "--quiet", "--message", "sources")
	w.git(t, "switch", "--quiet", "--create", "other")
	folder := filepath.Join(w.root, "backend", "app", "soak")
	require.NoError(t, os.Mkdir(folder, 0o755))
	for n := range 500 {
		module := filepath.Join(folder, fmt.Sprintf("m%d.py", n))
		require.NoError(t, os.WriteFile(module, fmt.Appendf(nil, "N = %d\n", n), 0o644))
	}
	w.git(t, "add", "--all")
	w.git(t, "commit", "--quiet", "--message", "500 files")
	w.git(t, "switch", "--quiet", "main")
}

func (w *watching) git(t *testing.T, args ...string) {
	t.Helper()
	w.output(t, "git", append([]string{"-c", "user.name=test", "-c", "user.email=test@example.com"}, args...)...)
}

// breaks saves what cannot be built, or what cannot start, in turns. It returns what saves a whole file again.
func (w *watching) breaks(t *testing.T, n int) (mend func()) {
	t.Helper()
	file, line := backendFile, "raise RuntimeError('broken by the test')\n"
	if n%20 == 5 {
		file, line = frontendFile, "export default {\n"
	}
	w.save(t, file, func(text string) string { return text + line })
	return func() {
		w.save(t, file, func(text string) string { return strings.ReplaceAll(text, line, "") })
	}
}

// migrates saves a migration that follows the newest.
func (w *watching) migrates(t *testing.T) {
	t.Helper()
	folder := filepath.Join(w.root, "backend", "migrations", "versions")
	files, err := filepath.Glob(filepath.Join(folder, "[0-9]*_*.py"))
	require.NoError(t, err)
	last, _, _ := strings.Cut(filepath.Base(slices.Max(files)), "_")
	number, err := strconv.Atoi(last)
	require.NoError(t, err)
	next := fmt.Sprintf("%04d", number+1)
	text := fmt.Sprintf(`"""A table of the test's."""

import sqlalchemy as sa
from alembic import op

revision = %q
down_revision = %q


def upgrade() -> None:
    op.create_table("soak", sa.Column("id", sa.Integer, primary_key=True))


def downgrade() -> None:
    op.drop_table("soak")
`, next, last)
	require.NoError(t, os.WriteFile(filepath.Join(folder, next+"_soak.py"), []byte(text), 0o644))
}

// brings saves a line of the backend, and returns how long it takes until another version answers through the ingress.
func (w *watching) brings(t *testing.T, v *visitor) time.Duration {
	t.Helper()
	before, saved := v.version(t), time.Now()
	w.save(t, backendFile, more("# timed"))
	wait.Until(t, "the saved version to answer", func() bool { return v.version(t) != before },
		func() string { return w.text(t) })
	return time.Since(saved).Round(100 * time.Millisecond)
}

// rests waits until watch has brought all that was saved until then, well or not, and has nothing else to do.
func (w *watching) rests(t *testing.T, saved time.Time) {
	t.Helper()
	wait.Until(t, "watch to wait for a change", func() bool {
		var last map[string]any
		for _, e := range w.events(t) {
			if e["step"] == "watch" {
				last = e
			}
		}
		at, err := time.Parse(time.RFC3339, fmt.Sprint(last["time"]))
		return err == nil && at.After(saved) && time.Since(at) > 2*time.Second && waits(last)
	}, func() string { return w.text(t) })
}

// memory is what watch holds in memory, in kB.
func (w *watching) memory(t *testing.T) (size int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
	require.NoError(t, err)
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	_, err = fmt.Sscan(after, &size)
	require.NoError(t, err)
	return size
}
