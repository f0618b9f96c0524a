package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync/atomic"
	"time"
)

// Process is a program that runs until it is stopped, such as a server, with all programs that it starts.
type Process struct {
	command  Command
	cmd      *exec.Cmd
	last     *tail
	guard    guard
	stopping atomic.Bool
	ended    chan struct{}
	err      error // set before ended is closed
}

// pipesGrace is how long an ended program's outputs are read on for, where programs that it left still hold them.
const pipesGrace = 500 * time.Millisecond

// Start implements Runner: c runs in a process group of its own, which a Ctrl-C on the terminal does not reach. Should
// this process end without Stop, even by being killed, the group ends, too. Outputs go where Command says.
func (e Exec) Start(c Command) (_ *Process, err error) {
	p := &Process{command: c, last: &tail{limit: tailLimit}, ended: make(chan struct{})}
	if p.cmd, err = e.command(context.Background(), c); err != nil {
		return nil, err
	}
	p.cmd.Stderr = tee(p.last, c.Stderr)
	p.cmd.Stdout = tee(p.last, c.Stdout)
	p.cmd.WaitDelay = pipesGrace
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, &RunError{Command: c, Inner: err}
	}
	if p.guard, err = guardGroup(p.cmd.Process.Pid); err != nil {
		_ = killGroup(p.cmd.Process)
		_ = p.cmd.Wait()
		return nil, fmt.Errorf("watching over `%s`: %w", c, err)
	}
	go p.wait()
	return p, nil
}

func (p *Process) wait() {
	err := p.cmd.Wait()
	_ = killGroup(p.cmd.Process) // what it left behind
	p.guard.dismiss()
	switch {
	case p.stopping.Load(): // whatever it says of that
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		p.err = &RunError{Command: p.command, Output: p.last.String(), Inner: errors.New("it ended by itself")}
	default:
		p.err = &RunError{Command: p.command, Output: p.last.String(), Inner: err}
	}
	close(p.ended)
}

// Ended is closed when the program has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Err is why the program ended without having been stopped: a *RunError. It waits for the end.
func (p *Process) Err() error {
	<-p.ended
	return p.err
}

// Pid is the program's process ID, which is also that of its group.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Stop interrupts the program and all that it started, kills what is left after the grace, and waits for their end.
func (p *Process) Stop(grace time.Duration) {
	p.stopping.Store(true)
	_ = interruptGroup(p.cmd.Process)
	select {
	case <-p.ended:
	case <-time.After(grace):
		_ = killGroup(p.cmd.Process)
		<-p.ended
	}
}

// guard is a shell that waits for this process to end. Its input is a pipe that nobody writes to; the end of it says
// that this process is gone.
type guard struct {
	cmd   *exec.Cmd
	input io.Closer
}

func (g guard) dismiss() {
	if g.cmd == nil {
		return
	}
	_ = killGroup(g.cmd.Process)
	_ = g.cmd.Wait()
	_ = g.input.Close()
}
