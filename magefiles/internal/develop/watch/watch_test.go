package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/testkit"
	"todo-app/magefiles/internal/tree"
	"todo-app/magefiles/internal/wait"
)

// run is a Watch on a folder of real files, whose deploys are counted.
type run struct {
	Watch
	root string

	mu       sync.Mutex
	out      bytes.Buffer
	deployed []inputs.List
	env      int // deploys for which the settings' file has changed
	fails    error
	during   func(deploys int) // called while a deploy goes on
	running  int               // logs that are followed
}

func newRun(t *testing.T) *run {
	t.Helper()
	r := &run{root: t.TempDir(), during: func(int) {}}
	testkit.WriteFiles(t, r.root, map[string]string{"backend/main.py": "0"})
	files := tree.Tree{Root: r.root, Skip: func(name string, _ bool) (bool, error) {
		return filepath.Base(name) == "ignored" || strings.HasSuffix(name, "~"), nil
	}}
	r.Watch = Watch{
		Sources: func() (inputs.List, error) {
			l := inputs.List{}
			return l, l.Add("", files, func(tree.File) string { return "" })
		},
		Folders: files.Folders,
		Deploy: func(_ context.Context, env bool) error {
			now, err := r.Sources()
			r.mu.Lock()
			r.deployed = append(r.deployed, now)
			if env {
				r.env++
			}
			n, fails := len(r.deployed), r.fails
			r.mu.Unlock()
			r.during(n)
			return errors.Join(err, fails)
		},
		Fatal: func(error) bool { return false },
		Logs: func(ctx context.Context) error {
			r.count(&r.running, 1)
			defer r.count(&r.running, -1)
			<-ctx.Done()
			return nil
		},
	}
	return r
}

func (r *run) count(n *int, more int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n += more
}

func (r *run) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.Write(p)
}

func (r *run) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.String()
}

func (r *run) deploys() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.deployed)
}

// start runs it until the returned function is called, which returns how it ended.
func (r *run) start(t *testing.T) (end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- report.Plain(r).Run(ctx, "watch", func(ctx context.Context) (string, error) { return "", r.Run(ctx) })
	}()
	return func() error { cancel(); return <-ended }
}

// waits waits until nothing is left to do, after that many deploys.
func (r *run) waits(t *testing.T, deploys int) {
	t.Helper()
	wait.Until(t, fmt.Sprintf("deploy %d, and the wait after it", deploys), func() bool {
		text := strings.TrimSpace(r.text())
		return r.deploys() >= deploys && strings.HasSuffix(text, "waiting for the next change (Ctrl-C ends it)")
	}, r.text)
}

func (r *run) write(t *testing.T, name, text string) {
	t.Helper()
	testkit.WriteFiles(t, r.root, map[string]string{name: text})
}

// endsWithWhatIsOnDisk waits until the last deploy was of the files as they are.
func (r *run) endsWithWhatIsOnDisk(t *testing.T) {
	t.Helper()
	want, err := r.Sources()
	require.NoError(t, err)
	wait.Until(t, "what is on disk to be deployed", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return maps.Equal(want, r.deployed[len(r.deployed)-1])
	}, r.text)
}

func TestWhatIsSavedIsDeployedAndNothingElseIs(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	end := r.start(t)
	r.waits(t, 1)
	r.write(t, "backend/main.py", "1")
	r.waits(t, 2)
	assert.Contains(t, r.text(), "backend/main.py changed")
	// None of these is another input: a temporary file, one that is ignored, the same text again.
	r.write(t, "backend/main.py~", "x")
	r.write(t, "ignored/a.py", "x")
	r.write(t, "backend/main.py", "1")
	r.write(t, "backend/new/deep/a.py", "in folders that are new")
	r.endsWithWhatIsOnDisk(t)
	r.write(t, "backend/new/deep/a.py", "again")
	r.endsWithWhatIsOnDisk(t)
	half := filepath.Join(r.root, "backend", ".main.py.swp~")
	require.NoError(t, os.WriteFile(half, []byte("2"), 0o644))
	require.NoError(t, os.Rename(half, filepath.Join(r.root, "backend", "main.py"))) // as many editors save
	r.endsWithWhatIsOnDisk(t)
	require.NoError(t, os.RemoveAll(filepath.Join(r.root, "backend", "new")))
	r.endsWithWhatIsOnDisk(t)
	require.NoError(t, end())
	assert.Zero(t, r.running, "the logs have ended, too")
	for i := range r.deployed[1:] {
		assert.NotEqual(t, r.deployed[i], r.deployed[i+1], "each deploy has something new")
	}
}

func TestFilesInNewFoldersAreFound(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	end := r.start(t)
	r.waits(t, 1)
	many := map[string]string{}
	for i := range 500 {
		many[fmt.Sprintf("%d/%d.py", i%25, i)] = "x"
	}
	aside := filepath.Join(t.TempDir(), "many")
	testkit.WriteFiles(t, aside, many)
	require.NoError(t, os.Rename(aside, filepath.Join(r.root, "backend", "many")))
	r.endsWithWhatIsOnDisk(t)
	r.write(t, "backend/many/7/7.py", "y")
	r.endsWithWhatIsOnDisk(t)
	require.NoError(t, end())
	assert.Contains(t, r.text(), "and 496 more")
}

func TestChangesDuringADeployAreTakenTogetherAfterIt(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	r.during = func(deploys int) {
		if deploys == 1 {
			r.write(t, "backend/a.py", "1")
			r.write(t, "backend/b.py", "1")
			r.write(t, ".env", "TODO_HOST=x")
		}
	}
	end := r.start(t)
	r.waits(t, 2)
	require.NoError(t, end())
	assert.Len(t, r.deployed, 2)
	assert.Equal(t, 1, r.env)
	assert.Contains(t, r.text(), ".env added, backend/a.py added, backend/b.py added")
}

func TestAfterAFailureTheNextSaveTriesAgain(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	r.fails = errors.New("building the image: exit status 1")
	end := r.start(t)
	r.waits(t, 1)
	assert.Contains(t, r.text(), "! watch     building the image: exit status 1")
	assert.Contains(t, r.text(), "the next save tries again")
	r.mu.Lock()
	r.fails = nil
	r.mu.Unlock()
	r.write(t, "backend/main.py", "mended")
	r.waits(t, 2)
	assert.Contains(t, r.text(), "deployed in ")
	require.NoError(t, end())
}

func TestWhatNoSaveMendsEndsIt(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	r.fails = errors.New("no Docker Engine")
	r.Fatal = func(err error) bool { return errors.Is(err, r.fails) }
	assert.ErrorIs(t, r.Run(t.Context()), r.fails)
}

func TestSourcesThatCannotBeReadForAMomentEndNothing(t *testing.T) {
	t.Parallel()
	r := newRun(t)
	read := r.Sources
	r.Sources = func() (inputs.List, error) {
		if _, err := os.Stat(filepath.Join(r.root, "backend", "broken")); err == nil {
			return nil, errors.New("reading .dockerignore")
		}
		return read()
	}
	end := r.start(t)
	r.waits(t, 1)
	r.write(t, "backend/broken", "")
	told := func() bool { return strings.Contains(r.text(), "! watch     reading .dockerignore") }
	wait.Until(t, "the error", told, r.text)
	require.NoError(t, os.Remove(filepath.Join(r.root, "backend", "broken")))
	r.write(t, "backend/main.py", "1")
	r.waits(t, 2)
	require.NoError(t, end())

	r.Sources = func() (inputs.List, error) { return nil, errors.New("there is none") }
	assert.EqualError(t, r.Run(t.Context()), "there is none", "at the beginning it does")
}
