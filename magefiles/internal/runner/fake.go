package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Fake is a Runner for tests: it runs nothing, keeps every call with its input, and answers with the replies that it
// was told of. Any other call fails the test.
type Fake struct {
	t       test
	mu      sync.Mutex
	replies []Reply
	calls   []Call
}

// test is a *testing.T. Package testing is no part of the program.
type test interface {
	Helper()
	Errorf(format string, args ...any)
}

// Reply is what a Fake answers to the calls that start with Prefix, program and arguments joined by blanks.
type Reply struct {
	Prefix string                                     // never ""
	Does   func(ctx context.Context, c Command) error // what the program does; an error of it ends the call
	Output string
	Fails  string // when not "", the program exits with an error and prints this, after Output
	Times  int    // how many calls it answers before the next matching reply takes over; 0 is all of them
}

// Hangs is what a program does that never ends by itself.
func Hangs(ctx context.Context, _ Command) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// Call is one call that a Fake got.
type Call struct {
	Line  string // program and arguments joined by blanks
	Stdin string
	Env   []string
}

var _ Runner = (*Fake)(nil)

// NewFake returns a Fake for the test t. Of the replies that match a call, the first answers it.
func NewFake(t test, replies ...Reply) *Fake {
	return &Fake{t: t, replies: replies}
}

// Expect adds replies, which are tried after those that f has, and returns f.
func (f *Fake) Expect(replies ...Reply) *Fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replies = append(f.replies, replies...)
	return f
}

// Allow lets the calls that start with one of prefixes succeed with no output, and returns f.
func (f *Fake) Allow(prefixes ...string) *Fake {
	for _, p := range prefixes {
		f.Expect(Reply{Prefix: p})
	}
	return f
}

// Run implements Runner.
func (f *Fake) Run(ctx context.Context, c Command) error {
	f.t.Helper()
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
	f.t.Helper()
	call := Call{Line: strings.Join(append([]string{c.Name}, c.Args...), " "), Env: c.Env}
	if c.Stdin != nil {
		in, _ := io.ReadAll(c.Stdin)
		call.Stdin, c.Stdin = string(in), bytes.NewReader(in)
	}
	r, told := f.answer(call)
	if !told {
		f.t.Errorf("the fake runner was not told of this call: %s", call.Line)
		return "", fmt.Errorf("the fake runner was not told of `%s`", call.Line)
	}
	if r.Does != nil {
		if err := r.Does(ctx, c); err != nil {
			return "", err
		}
	}
	if r.Fails != "" {
		return r.Output, &RunError{Command: c, Output: r.Fails, Inner: errors.New("exit status 1")}
	}
	return r.Output, nil
}

// answer keeps a call and returns the first reply that matches it and is not used up.
func (f *Fake) answer(call Call) (r Reply, told bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	for i, r := range f.replies {
		if r.Times < 0 || r.Prefix == "" || !strings.HasPrefix(call.Line, r.Prefix) {
			continue
		}
		if r.Times > 0 {
			if f.replies[i].Times--; f.replies[i].Times == 0 {
				f.replies[i].Times = -1
			}
		}
		return r, true
	}
	return Reply{}, false
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
