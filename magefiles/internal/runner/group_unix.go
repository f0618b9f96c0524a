//go:build !windows

package runner

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// ownGroup lets cmd start a process group of its own.
func ownGroup(cmd *exec.Cmd) { attributes(cmd).Setpgid = true }

// attributes are those that cmd starts with.
func attributes(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	return cmd.SysProcAttr
}

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
