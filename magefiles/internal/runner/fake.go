package runner

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
)

// Fake is a Runner for tests: it runs nothing, keeps every call with its input, and answers from Replies.
type Fake struct {
	// Replies are tried in order; the first whose Prefix starts the call (program and arguments joined by blanks)
	// answers it. A call that none matches succeeds with no output.
	Replies []Reply

	mu    sync.Mutex
	calls []Call
}

// Reply is what a Fake answers to the calls that start with Prefix.
type Reply struct {
	Prefix string
	Output string
	Fails  string // when not "", the program exits with an error and prints this, after Output
	Times  int    // how many calls it answers before the next matching reply takes over; 0 is all of them
}

// Call is one call that a Fake got.
type Call struct {
	Line  string // program and arguments joined by blanks
	Stdin string
	Env   []string
}

var _ Runner = (*Fake)(nil)

// Run implements Runner.
func (f *Fake) Run(ctx context.Context, c Command) error {
	out, err := f.Output(ctx, c)
	if c.Stdout != nil {
		_, _ = io.WriteString(c.Stdout, out)
	}
	return err
}

// Output implements Runner.
func (f *Fake) Output(ctx context.Context, c Command) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	call := Call{Line: strings.Join(append([]string{c.Name}, c.Args...), " "), Env: c.Env}
	if c.Stdin != nil {
		in, _ := io.ReadAll(c.Stdin)
		call.Stdin = string(in)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	for i, r := range f.Replies {
		if r.Times < 0 || !strings.HasPrefix(call.Line, r.Prefix) {
			continue
		}
		if r.Times > 0 {
			if f.Replies[i].Times--; f.Replies[i].Times == 0 {
				f.Replies[i].Times = -1
			}
		}
		if r.Fails != "" {
			return r.Output, &RunError{Command: c, Output: r.Fails, Inner: errors.New("exit status 1")}
		}
		return r.Output, nil
	}
	return "", nil
}

// Start implements Runner: a Fake has no servers.
func (f *Fake) Start(c Command) (*Process, error) {
	return nil, &RunError{Command: c, Inner: errors.New("a Fake starts no program")}
}

// Calls are the calls so far, in the order in which they came.
func (f *Fake) Calls() []Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Call(nil), f.calls...)
}

// Lines are the calls so far, without their input.
func (f *Fake) Lines() []string {
	var lines []string
	for _, c := range f.Calls() {
		lines = append(lines, c.Line)
	}
	return lines
}
