package runner

import (
	"os/exec"
	"syscall"
)

// endWithParent has the kernel kill cmd when this process is killed: else the next run would come upon a cluster that
// is still being changed. It is the thread's end that counts, and Go ends none but those that a goroutine keeps to
// itself: https://github.com/golang/go/issues/27505.
func endWithParent(cmd *exec.Cmd) { attributes(cmd).Pdeathsig = syscall.SIGKILL }
