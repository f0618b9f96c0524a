//go:build !windows

package runner

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup lets cmd start a process group of its own.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// interruptGroup asks a group to end the way Ctrl-C does.
func interruptGroup(leader *os.Process) error { return syscall.Kill(-leader.Pid, syscall.SIGINT) }

func killGroup(leader *os.Process) error { return syscall.Kill(-leader.Pid, syscall.SIGKILL) }

// guardGroup starts a guard for a process group.
func guardGroup(group int) (guard, error) {
	const script = `cat >/dev/null; kill -s INT -- "-$1"; sleep 2; kill -s KILL -- "-$1"`
	g := guard{cmd: exec.Command("sh", "-c", script, "guard", strconv.Itoa(group))}
	ownGroup(g.cmd)
	input, err := g.cmd.StdinPipe()
	if err != nil {
		return guard{}, err
	}
	g.input = input
	return g, g.cmd.Start()
}

// interrupt asks a program to end the way Ctrl-C does.
func interrupt(p *os.Process) error { return p.Signal(syscall.SIGINT) }
