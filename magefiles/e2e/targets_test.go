//go:build e2e

package e2e

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// compiled makes a program of the targets: called often, it spares Go a look at all of the sources each time.
func compiled(t *testing.T, root string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "targets")
	cmd := exec.Command("go", "tool", "mage", "-compile", program)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return program
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

// interrupted runs a target until it has come as far as reached says, and then does what Ctrl-C in a terminal does.
func (d *deployment) interrupted(t *testing.T, reached func() bool, target string, env ...string) {
	t.Helper()
	cmd := d.asInReadme().target(target, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	require.Eventually(t, reached, 2*time.Minute, 100*time.Millisecond)
	require.NoError(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGINT))
	assert.Error(t, cmd.Wait())
}
