//go:build !windows

package runner

import (
	"os"
	"syscall"
)

// interrupt asks a program to end the way Ctrl-C does.
func interrupt(p *os.Process) error { return p.Signal(syscall.SIGINT) }
