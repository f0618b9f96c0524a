package runner

import (
	"os"
	"os/exec"
)

// Windows has no process groups like these: a program is ended alone.

func ownGroup(*exec.Cmd) {}

func interruptGroup(leader *os.Process) error { return leader.Kill() }

func killGroup(leader *os.Process) error { return leader.Kill() }

func guardGroup(int) (guard, error) { return guard{}, nil }

// interrupt ends a program: Windows delivers Ctrl-C to the whole console group by itself, and knows no other signal.
func interrupt(p *os.Process) error { return p.Kill() }
