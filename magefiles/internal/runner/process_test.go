//go:build !windows

package runner

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

// family is a server that starts another program; both name themselves and, with a trap, do not end by an interrupt.
func family(trap string) Command { return sh(trap + `sleep 3600 & echo $! $$; wait; sleep 3600`) }

// alive tells whether a process runs: one that has ended and was not yet waited for does not.
func alive(pid string) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", pid).Output()
	return err == nil && !strings.HasPrefix(string(state), "Z")
}

func noneAlive(t *testing.T, pids []string) {
	t.Helper()
	require.Len(t, pids, 2)
	wait.Until(t, "both processes to end", func() bool { return !alive(pids[0]) && !alive(pids[1]) })
}

func start(t *testing.T, c Command) (*Process, []string) {
	t.Helper()
	first := make(chan string, 1)
	p, err := Exec{}.Start(c.WithStdout(writerFunc(func(line []byte) (int, error) {
		first <- string(line)
		return len(line), nil
	})))
	require.NoError(t, err)
	return p, strings.Fields(<-first)
}

func TestStopEndsAProcessAndAllThatItStarted(t *testing.T) {
	t.Parallel()
	for name, trap := range map[string]string{"by an interrupt": "", "by force": "trap '' INT; "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, pids := start(t, family(trap))
			assert.Equal(t, strconv.Itoa(p.Pid()), pids[1])
			p.Stop(200 * time.Millisecond)
			noneAlive(t, pids)
			assert.NoError(t, p.Err(), "it was stopped")
		})
	}
}

func TestAProcessThatEndsByItselfTellsWhyAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for script, says := range map[string]string{"exit 3": "exit status 3", "exit 0": "it ended by itself"} {
		p, pids := start(t, sh(`sleep 3600 & echo $! $$; echo why >&2; `+script))
		err := p.Err()
		require.ErrorContains(t, err, says)
		assert.Contains(t, Output(err), "why")
		noneAlive(t, pids)
	}
	_, err := Exec{}.Start(Cmd("no-such-program-anywhere"))
	assert.EqualError(t, err, "running no-such-program-anywhere: the program is not on PATH")
}

// TestProcessesEndWithTheOneThatStartedThem runs this test in a process of its own, which is killed.
func TestProcessesEndWithTheOneThatStartedThem(t *testing.T) {
	t.Parallel()
	if os.Getenv("START_FAMILY") != "" {
		_, err := Exec{}.Start(family("").WithStdout(os.Stdout))
		require.NoError(t, err)
		select {} // until it is killed
	}
	goesWithItsParent(t, "START_FAMILY=1")
}

// TestAProgramThatRunsEndsWithTheOneThatRanIt runs this test in a process of its own, which is killed.
func TestAProgramThatRunsEndsWithTheOneThatRanIt(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no other system tells a program of its parent's end")
	}
	if os.Getenv("RUN_CHILD") != "" {
		_ = Exec{}.Run(t.Context(), sh("echo $$ $$; exec sleep 1000").WithStdout(os.Stdout))
		return
	}
	goesWithItsParent(t, "RUN_CHILD=1")
}

// goesWithItsParent runs this test in a process of its own, with a variable, and kills that: none of the processes lives
// whose IDs it has printed.
func goesWithItsParent(t *testing.T, variable string) {
	t.Helper()
	parent := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	parent.Env = append(os.Environ(), variable)
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	pids := strings.Fields(line)
	assert.True(t, alive(pids[1]))
	require.NoError(t, parent.Process.Signal(syscall.SIGKILL))
	_ = parent.Wait()
	noneAlive(t, pids)
}

func TestAProcessHasTheEnvironmentOfItsRunner(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	e := Exec{Env: []string{"PATH=" + os.Getenv("PATH"), "RUNNERS=1"}}
	p, err := e.Start(sh("echo $RUNNERS $OWN $HOME").WithEnv("OWN=2").WithStdout(&out))
	require.NoError(t, err)
	require.Error(t, p.Err(), "it ends by itself")
	assert.Equal(t, "1 2\n", out.String())
}
