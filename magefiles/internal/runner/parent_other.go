//go:build !linux

package runner

import "os/exec"

// endWithParent is Linux's alone: no other system has such a signal.
func endWithParent(*exec.Cmd) {}
