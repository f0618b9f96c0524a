//go:build e2e || minikube || long

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// compiled is the program of the targets: called often, it spares Go a look at all of the sources each time.
var compiled string

// atEnd is called after the last test.
var atEnd = func() {}

// TestMain copies it, so that a call the way that the README says may compile the targets anew meanwhile.
func TestMain(m *testing.M) {
	if profile == "" {
		fmt.Fprintln(os.Stderr,
			"these tests are run by `go run . test -only=e2e`, minikube or long: it gives them a name of their own")
		os.Exit(1)
	}
	folder, err := os.MkdirTemp("", "todo-app-e2e-")
	if err != nil {
		panic(err)
	}
	compiled = filepath.Join(folder, "targets")
	if err := copyProgram(compiled, os.Getenv("E2E_TARGETS")); err != nil {
		panic(err)
	}
	code := m.Run()
	atEnd()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func copyProgram(to, from string) error {
	program, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, program, 0o755)
}

// asInReadme is the same deployment, whose targets are called the way that the README says.
func (d *deployment) asInReadme() *deployment {
	same := *d
	same.program = ""
	return &same
}

// target is the call of one.
func (d *deployment) target(name string, env ...string) *exec.Cmd {
	if d.program == "" {
		return d.command(env, "go", "run", ".", name)
	}
	return d.command(env, d.program, name)
}

// mage runs a target and returns all that it prints.
func (d *deployment) mage(target string, env ...string) (string, error) {
	out, err := d.target(target, env...).CombinedOutput()
	return string(out), err
}

// must runs a target that has to succeed.
func (d *deployment) must(t *testing.T, target string, env ...string) string {
	t.Helper()
	out, err := d.mage(target, env...)
	require.NoError(t, err, out)
	t.Log(out)
	return out
}

// fails runs a target that has to fail with a message for users: no stack trace, and status 1.
func (d *deployment) fails(t *testing.T, target string, env ...string) string {
	t.Helper()
	out, err := d.mage(target, env...)
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, out)
	require.NotContains(t, out, "goroutine ", "a stack trace is no message for users")
	t.Log(out)
	return out
}

// interrupted runs a target until it has come as far as reached says, and then does what Ctrl-C in a terminal does. On
// a new machine it may have to build for minutes before.
func (d *deployment) interrupted(t *testing.T, reached func() bool, target string, env ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := d.asInReadme().target(target, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !reached() {
		select {
		case err := <-ended:
			require.Fail(t, "it ended before that", "%v\n%s", err, &out)
		case <-time.After(100 * time.Millisecond):
		}
	}
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	assert.Error(t, <-ended)
}

// copyOfSources copies what git knows of root, so that a test may change it.
func copyOfSources(t *testing.T, root string) string {
	t.Helper()
	dir := t.TempDir()
	copySources(t, root, dir)
	return dir
}

func copySources(t *testing.T, root, to string) {
	t.Helper()
	d := &deployment{root: root}
	archive, list := filepath.Join(t.TempDir(), "sources.tar"), filepath.Join(t.TempDir(), "list")
	// Not by `git stash create`, which fails while another git has the index locked.
	files := strings.FieldsFunc(d.output(t, "git", "ls-files", "-z"), func(r rune) bool { return r == 0 })
	files = slices.DeleteFunc(files, func(file string) bool {
		_, err := os.Lstat(filepath.Join(root, file))
		return err != nil // removed, and not yet from the index
	})
	require.NoError(t, os.WriteFile(list, []byte(strings.Join(files, "\x00")), 0o644))
	d.output(t, "tar", "--create", "--file", archive, "--null", "--files-from", list)
	require.NoError(t, os.MkdirAll(to, 0o755))
	d.output(t, "tar", "-xf", archive, "-C", to)
}
