//go:build !windows

package runner

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

// sh runs a script, so that a test needs no program of its own.
func sh(script string, args ...string) Command {
	return Cmd("sh", append([]string{"-c", script, "sh"}, args...)...)
}

func TestOutputIsStandardOutputWithoutTheNewlinesAtItsEnd(t *testing.T) {
	t.Parallel()
	out, err := Exec{}.Output(t.Context(), sh(`printf 'a\n\nb\r\n\n'; echo noise >&2`))
	require.NoError(t, err)
	assert.Equal(t, "a\n\nb", out)
}

func TestArgumentsReachTheProgramAsTheyAre(t *testing.T) {
	t.Parallel()
	out, err := Exec{}.Output(t.Context(), sh(`printf '%s|' "$@"`, "$HOME", "a b", "", "*", "'"))
	require.NoError(t, err)
	assert.Equal(t, "$HOME|a b||*|'|", out)
}

func TestEnvironmentDirectoryAndInputAreGiven(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	base := sh(`pwd -P; echo "$ONE$TWO"; cat`).WithEnv("ONE=1")
	out, err := Exec{}.Output(t.Context(), base.In(dir).WithEnv("TWO=2").WithStdin(strings.NewReader("in")))
	require.NoError(t, err)
	assert.Equal(t, []string{"12", "in"}, strings.Split(out, "\n")[1:])
	assert.Contains(t, out, dir)
	assert.Equal(t, []string{"ONE=1"}, base.Env, "a command is not changed by what is made of it")
}

func TestRunStreamsBothOutputsToTheirWriters(t *testing.T) {
	t.Parallel()
	var out, err, log bytes.Buffer
	c := sh(`echo out; echo err >&2`).WithStdout(&out)
	c.Stderr = &err
	require.NoError(t, Exec{Log: &log}.Run(t.Context(), c))
	assert.Equal(t, "out\n", out.String())
	assert.Equal(t, "err\n", err.String())
	assert.True(t, strings.HasPrefix(log.String(), "$ sh -c "), "the log begins with the call: %s", log.String())
	assert.Contains(t, log.String(), "err\n")
}

func TestFailureShowsTheCallTheStatusAndWhatWasPrinted(t *testing.T) {
	t.Parallel()
	err := Exec{}.Run(t.Context(), Cmd("sh", "-c", "echo one; echo two >&2; exit 3").In("/"))
	var run *RunError
	require.ErrorAs(t, err, &run)
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 3, exit.ExitCode())
	assert.Equal(t, "running `cd / && sh -c 'echo one; echo two >&2; exit 3'`: exit status 3\n    one\n    two",
		err.Error())
	assert.Equal(t, "one\ntwo", Output(err))
	assert.Equal(t, "one\ntwo", Output(errors.Join(errors.New("x"), err)), "also when it is wrapped")
	assert.Empty(t, Output(errors.New("x")))
}

func TestFailureDoesNotShowOutputThatAProgramReads(t *testing.T) {
	t.Parallel()
	out, err := Exec{}.Output(t.Context(), sh(`echo data; echo why >&2; exit 1`))
	assert.Equal(t, "data", out)
	assert.Equal(t, "why", Output(err))
}

func TestLongOutputKeepsItsLastWholeLines(t *testing.T) {
	t.Parallel()
	err := Exec{}.Run(t.Context(), sh(`i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i+1)); done; exit 1`))
	lines := strings.Split(Output(err), "\n")
	assert.LessOrEqual(t, len(Output(err)), tailLimit)
	assert.Len(t, lines, tailLines)
	assert.Equal(t, "line 1999", lines[len(lines)-1])
	assert.Equal(t, "line 1970", lines[0])
}

func TestTailKeepsAsMuchOfOneLongLineAsItMay(t *testing.T) {
	t.Parallel()
	last := &tail{limit: 5}
	_, _ = last.Write([]byte("0123456789"))
	assert.Equal(t, "56789", last.String())
	_, _ = last.Write([]byte("\nab\n"))
	assert.Equal(t, "ab", last.String())
	_, _ = last.Write([]byte("cd\n"))
	assert.Equal(t, "cd", last.String(), "b\\ncd\\n is left of the buffer, and b is no whole line")
}

func TestMissingProgramIsNamed(t *testing.T) {
	t.Parallel()
	err := Exec{}.Run(t.Context(), Cmd("no-such-program-anywhere", "x"))
	require.ErrorIs(t, err, exec.ErrNotFound)
	assert.EqualError(t, err, "running no-such-program-anywhere: the program is not on PATH")
}

func TestProgramsAreLookedUpAndRunInTheRunnersEnvironment(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "greet"), []byte("#!/bin/sh\necho \"$0 $NAME $HOME\"\n"), 0o755))
	e := Exec{Env: []string{"PATH=/nowhere", "NAME=a", "PATH=" + bin, "NAME=b"}}
	out, err := e.Output(t.Context(), Cmd("greet").WithEnv("NAME=c"))
	require.NoError(t, err)
	assert.Equal(t, bin+"/greet c ", out, "nothing is left of this process's own")
	require.ErrorIs(t, e.Run(t.Context(), Cmd("sh")), exec.ErrNotFound)
	path, err := e.LookPath("greet")
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(bin, "greet"), path)
}

func TestMissingDirectoryIsNamed(t *testing.T) {
	t.Parallel()
	err := Exec{}.Run(t.Context(), Cmd("true").In("/no/such/folder"))
	assert.ErrorContains(t, err, "/no/such/folder")
}

func TestCancellationInterruptsAndWaitsForTheProgram(t *testing.T) {
	t.Parallel()
	cause := errors.New("another step failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	var out writerFunc = func(p []byte) (int, error) {
		if strings.Contains(string(p), "ready") {
			cancel(cause)
		}
		return len(p), nil
	}
	marker := t.TempDir() + "/cleaned-up"
	script := `trap 'sleep 0.1; : > "$1"; exit 0' INT; echo ready; while :; do sleep 0.02; done`
	err := Exec{grace: time.Hour}.Run(ctx, sh(script, marker).WithStdout(out))
	assert.ErrorIs(t, err, cause, "the reason for the end, not the signal")
	assert.FileExists(t, marker, "the program got SIGINT and the time to clean up")
}

func TestCancelledProgramThatDoesNotEndIsKilledAfterTheGrace(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var out writerFunc = func(p []byte) (int, error) { cancel(); return len(p), nil }
	start := time.Now()
	const grace = 100 * time.Millisecond
	err := Exec{grace: grace}.Run(ctx, sh(`trap '' INT; echo ready; while :; do sleep 0.05; done`).WithStdout(out))
	assert.ErrorIs(t, err, context.Canceled)
	assert.GreaterOrEqual(t, time.Since(start), grace)
	assert.Less(t, interruptGrace, 5*time.Second, "mage itself waits 5 s")
}

func TestACancelledGroupEndsWithAllThatItStarted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var said bytes.Buffer
	var out writerFunc = func(p []byte) (int, error) {
		if said.Write(p); strings.Count(said.String(), "ready") == 2 {
			cancel()
		}
		return len(p), nil
	}
	const script = `sh -c 'echo ready $$; while :; do sleep 0.02; done' & # which a shell lets ignore SIGINT
		sh -c 'trap "echo told; exit 0" INT; echo ready $$; while :; do sleep 0.02; done'`
	err := Exec{grace: time.Second}.Run(ctx, sh(script).WithStdout(out).AsGroup())
	assert.ErrorIs(t, err, context.Canceled)
	assert.Contains(t, said.String(), "told")
	for line := range strings.Lines(said.String()) {
		if pid, ok := strings.CutPrefix(strings.TrimSpace(line), "ready "); ok {
			wait.Until(t, "process "+pid+" to end", func() bool { return !alive(pid) })
		}
	}
}

func TestNothingRunsAfterCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	marker := t.TempDir() + "/ran"
	assert.ErrorIs(t, Exec{}.Run(ctx, Cmd("touch", marker)), context.Canceled)
	assert.NoFileExists(t, marker)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
