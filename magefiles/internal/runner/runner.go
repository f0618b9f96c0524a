// Package runner runs programs. Every other package goes through its Runner, so that a test can put a Fake in its place
// and read the exact argv that would have been run.
package runner

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"al.essio.dev/pkg/shellescape"
)

// Runner runs programs. Its methods return a *RunError when the program could not be started or exited with a status
// other than 0, and ctx's cause when ctx ended first.
type Runner interface {
	// Run runs a program to its end. It discards what the program prints unless Command.Stdout says otherwise.
	Run(ctx context.Context, c Command) error
	// Output is Run, and returns the program's standard output, without the newlines at its end.
	Output(ctx context.Context, c Command) (string, error)
	// Start starts a program that runs until it is stopped, such as a server.
	Start(c Command) (*Process, error)
}

// Command is one call of a program. Args are passed as they are: no shell reads them.
type Command struct {
	Name   string
	Args   []string
	Dir    string    // working directory; "" is the caller's own
	Env    []string  // KEY=value, added to the caller's environment
	Stdin  io.Reader // nil is an empty input
	Stdout io.Writer // where Run sends standard output as it comes; nil keeps its end for the error
	Stderr io.Writer // a copy of standard error as it comes; the error shows its end in any case
	Group  bool      // whether all that it starts is interrupted with it
}

// Cmd returns a Command that runs name with args.
func Cmd(name string, args ...string) Command { return Command{Name: name, Args: args} }

// In returns c with its working directory set.
func (c Command) In(dir string) Command { c.Dir = dir; return c }

// WithEnv returns c with KEY=value pairs added to its environment.
func (c Command) WithEnv(kv ...string) Command {
	c.Env = append(append([]string{}, c.Env...), kv...)
	return c
}

// WithStdin returns c reading its input from r.
func (c Command) WithStdin(r io.Reader) Command { c.Stdin = r; return c }

// WithStdout returns c writing its standard output to w as it comes.
func (c Command) WithStdout(w io.Writer) Command { c.Stdout = w; return c }

// WithOutput returns c writing both of its outputs to w as they come, from two goroutines at once.
func (c Command) WithOutput(w io.Writer) Command { c.Stdout, c.Stderr = w, w; return c }

// AsGroup returns c running in a process group of its own: where it is cancelled, all that it started ends with it.
func (c Command) AsGroup() Command { c.Group = true; return c }

// String is the call as it could be pasted into a POSIX shell.
func (c Command) String() string {
	s := shellescape.QuoteCommand(append([]string{c.Name}, c.Args...))
	if c.Dir != "" {
		s = "cd " + shellescape.Quote(c.Dir) + " && " + s
	}
	return s
}

// RunError says which program failed, how, and what it printed last.
type RunError struct {
	Command Command
	Output  string // the last lines of standard output and error together
	Inner   error
}

// Error shows the call, the reason and the program's last lines.
func (e *RunError) Error() string {
	if errors.Is(e.Inner, exec.ErrNotFound) {
		return fmt.Sprintf("running %s: the program is not on PATH", e.Command.Name)
	}
	call, _, more := strings.Cut(e.Command.String(), "\n")
	if more {
		call += " …" // the rest of a script would bury the reason
	}
	s := fmt.Sprintf("running `%s`: %v", call, e.Inner)
	if e.Output != "" {
		s += "\n" + indent(e.Output)
	}
	return s
}

// Unwrap gives the reason: an *exec.ExitError or an *exec.Error.
func (e *RunError) Unwrap() error { return e.Inner }

// Output is what the failed program of err printed last; "" when err comes from no program.
func Output(err error) string {
	var run *RunError
	if errors.As(err, &run) {
		return run.Output
	}
	return ""
}

// JSON runs c and reads the JSON that it prints into v.
func JSON(ctx context.Context, r Runner, c Command, v any) error {
	out, err := r.Output(ctx, c)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(out), v); err != nil {
		return fmt.Errorf("reading what `%s` printed: %w", c, err)
	}
	return nil
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// interruptGrace is how long a cancelled program may take to end after SIGINT; below the 5 s that mage itself waits.
const interruptGrace = 4 * time.Second

// How much of a program's output an error shows: what fits a screen.
const (
	tailLimit = 8 << 10
	tailLines = 30
)

// Exec is the Runner that really runs programs.
type Exec struct {
	Env []string  // KEY=value: the programs' whole environment, in which they are looked up; nil is this process's own
	Log io.Writer // each call and all that the programs print; nil in the quiet mode

	grace time.Duration // 0 is interruptGrace; another one in tests
}

var _ Runner = Exec{}

// Run implements Runner.
func (e Exec) Run(ctx context.Context, c Command) error { return e.run(ctx, c, c.Stdout) }

// Output implements Runner.
func (e Exec) Output(ctx context.Context, c Command) (string, error) {
	var out bytes.Buffer
	err := e.run(ctx, c, &out)
	return strings.TrimRight(out.String(), "\r\n"), err
}

func (e Exec) run(ctx context.Context, c Command, stdout io.Writer) error {
	cmd, err := e.command(ctx, c)
	if err != nil {
		return err
	}
	last := &tail{limit: tailLimit}
	cmd.Stderr = tee(last, c.Stderr, e.Log)
	switch cmd.Stdout = stdout; { // what is read by a program is no help in an error, and may be binary
	case stdout == nil && c.Stderr == nil:
		cmd.Stdout = cmd.Stderr // one and the same, so that lines keep their order
	case stdout == nil:
		cmd.Stdout = tee(last, e.Log)
	}
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	endWithParent(cmd)
	if c.Group {
		ownGroup(cmd)
		cmd.Cancel = func() error { return interruptGroup(cmd.Process) }
	}
	cmd.WaitDelay = cmp.Or(e.grace, interruptGrace)
	if e.Log != nil {
		fmt.Fprintf(e.Log, "$ %s\n", c)
	}
	err = cmd.Run()
	if err != nil && ctx.Err() != nil {
		if c.Group && cmd.Process != nil {
			_ = killGroup(cmd.Process) // what does not listen
		}
		return context.Cause(ctx)
	}
	if err != nil {
		return &RunError{Command: c, Output: last.String(), Inner: err}
	}
	return nil
}

// command prepares a call, in its folder and with the programs' environment.
func (e Exec) command(ctx context.Context, c Command) (*exec.Cmd, error) {
	path, err := e.LookPath(c.Name)
	if err != nil {
		return nil, &RunError{Command: c, Inner: err}
	}
	cmd := exec.CommandContext(ctx, path, c.Args...)
	cmd.Args[0], cmd.Dir, cmd.Stdin, cmd.Env = c.Name, c.Dir, c.Stdin, append(environment(c.Name, e.environ()), c.Env...)
	return cmd, nil
}

// LookPath finds a program on the PATH of Env. A path is returned as it is.
func (e Exec) LookPath(program string) (string, error) {
	if filepath.Base(program) != program {
		return program, nil
	}
	for _, folder := range filepath.SplitList(Getenv(e.environ(), "PATH")) {
		path, err := exec.LookPath(filepath.Join(folder, program))
		if err == nil && filepath.IsAbs(folder) { // as Go's own look-up refuses the current folder
			return path, nil
		}
	}
	return "", &exec.Error{Name: program, Err: exec.ErrNotFound}
}

func (e Exec) environ() []string {
	if e.Env == nil {
		return os.Environ()
	}
	return slices.Clone(e.Env)
}

// Getenv is the value of a variable in env, whose last one of a name counts; "" where there is none.
func Getenv(env []string, name string) string {
	for _, kv := range slices.Backward(env) {
		key, value, _ := strings.Cut(kv, "=")
		if key == name || runtime.GOOS == "windows" && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

func tee(writers ...io.Writer) io.Writer {
	var kept []io.Writer
	for _, w := range writers {
		if w != nil {
			kept = append(kept, w)
		}
	}
	return io.MultiWriter(kept...)
}

// tail keeps the last lines written to it, limit bytes at most. Two goroutines may write, one for each output.
type tail struct {
	mu    sync.Mutex
	limit int
	buf   []byte
	cut   bool // buf begins within a line
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - t.limit; over > 0 {
		t.cut = t.buf[over-1] != '\n'
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.buf)
	if _, rest, found := strings.Cut(text, "\n"); t.cut && found {
		text = rest
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
