package compile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
)

// download fetches the modules whose packages p imports, and no others, and returns how many packages there are to
// compile: those that the compiler's cache lacks. The network is given three chances.
func (c *Compiler) download(ctx context.Context, p Program) (packages int, err error) {
	out, err := backoff.Retry(ctx, func() (string, error) {
		if err := c.prepare(ctx, p); err != nil {
			return "", err
		}
		list := []string{"list", "-trimpath", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}
		return c.runner.Output(ctx, c.command(p, append(list, p.Packages...)...))
	}, backoff.WithMaxTries(3), backoff.WithMaxElapsedTime(10*time.Minute))
	if err != nil {
		return 0, fmt.Errorf("%w\nIs the Go module proxy in reach? `go env GOPROXY` shows which one is asked", err)
	}
	return len(strings.Fields(out)), nil
}

// compile builds p's files beside their places and moves them there, so that no half-written program is ever run.
func (c *Compiler) compile(ctx context.Context, p Program, packages int) error {
	files, err := c.sealed(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return fmt.Errorf("making the folder of programs: %w", err)
	}
	fresh, err := os.MkdirTemp(p.Dir, ".new-")
	if err != nil {
		return fmt.Errorf("making a folder to compile into: %w", err)
	}
	defer os.RemoveAll(fresh)
	out := fresh + string(filepath.Separator)
	if len(p.Packages) == 1 {
		out = filepath.Join(fresh, p.Name)
	}
	flags := strings.TrimSpace("-s -w " + p.LDFlags) // without symbols and debug information, half the size
	args := []string{"build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", out}
	build := c.command(p, append(args, p.Packages...)...).WithEnv(spend(c.machine, runtime.NumCPU())...)
	printed := &counter{total: packages, tell: func(share float64) { plan.Share(ctx, share) }}
	build.Stderr = lines.To(printed.read)
	if err := c.runner.Run(ctx, build); err != nil {
		return printed.failure(err)
	}
	return files.Make(ctx, func(context.Context) error { // until all files are in place, none is ready
		for _, f := range p.Files() {
			if err := os.Rename(filepath.Join(fresh, filepath.Base(f)), f); err != nil {
				return fmt.Errorf("putting %s in its place: %w", filepath.Base(f), err)
			}
		}
		return nil
	})
}

// command returns a call of go with packages of p.
func (c *Compiler) command(p Program, args ...string) runner.Command {
	if modfile := c.modfile(p); modfile != "" {
		args = append([]string{args[0], "-modfile=" + modfile}, args[1:]...)
	}
	return goIn(c.module(p), args...)
}

// goIn returns a call of go in a module. Programs are static, and neither the caller's flags nor a workspace around the
// checkout change what is built.
func goIn(module string, args ...string) runner.Command {
	return runner.Cmd("go", append([]string{"-C", module}, args...)...).WithEnv("CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
}

// counter reads what `go build -v` prints. It counts the packages, which are named as the compiler comes to them, and
// keeps the rest for the error: the compiler goes on after a failure, and buries it under names.
type counter struct {
	total int // packages that the compiler's cache lacks
	tell  func(share float64)

	seen int
	said []string
}

// packageName matches a line that names a package.
var packageName = regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`)

// read reads a line.
func (c *counter) read(line string) {
	if packageName.MatchString(line) {
		c.seen++
		c.tell(min(float64(c.seen)/float64(max(c.total, 1)), 1))
	} else {
		c.said = append(c.said, line)
	}
}

// failure returns err with what the compiler said in the place of all that it printed.
func (c *counter) failure(err error) error {
	var run *runner.RunError
	if !errors.As(err, &run) {
		return err
	}
	said := c.said[:min(len(c.said), 20)]
	return &runner.RunError{Command: run.Command, Output: strings.Join(said, "\n"), Inner: run.Inner}
}
