package tools

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/tools/plan"
)

// Build compiles programs that are missing or were built from another key.
func (t *Tools) Build(ctx context.Context, programs ...Program) error {
	return t.plan.Make(ctx, t.Artifacts(programs...)...)
}

// download fetches the modules whose packages p imports, and no others, and tells how many packages there are to compile:
// those that the compiler's cache lacks. The network is given three chances.
func (t *Tools) download(ctx context.Context, p Program) (packages int, err error) {
	out, err := backoff.Retry(ctx, func() (string, error) {
		if err := t.prepare(ctx, p); err != nil {
			return "", err
		}
		return t.runner.Output(ctx, t.command(p, append([]string{"list", "-trimpath", "-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"}, p.Packages...)...))
	}, backoff.WithMaxTries(3), backoff.WithMaxElapsedTime(10*time.Minute))
	if err != nil {
		return 0, fmt.Errorf("%w\nIs the Go module proxy in reach? `go env GOPROXY` shows which one is asked", err)
	}
	return len(strings.Fields(out)), nil
}

// compile builds p's files beside their places and moves them there, so that no half-written program is ever run.
func (t *Tools) compile(ctx context.Context, p Program, packages int) error {
	files, err := t.sealed(p)
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
	build := t.command(p, append([]string{"build", "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags(p), "-o", out}, p.Packages...)...)
	printed := &counter{total: packages, tell: func(share float64) { plan.Share(ctx, share) }}
	build.Stderr = printed
	if err := t.runner.Run(ctx, build); err != nil {
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

// flags strip symbols and debug information: half the size, and a quicker link.
func flags(p Program) string {
	if p.LDFlags == "" {
		return "-s -w"
	}
	return "-s -w " + p.LDFlags
}

// command is a call of go with packages of p.
func (t *Tools) command(p Program, args ...string) runner.Command {
	if modfile := t.modfile(p); modfile != "" {
		args = append([]string{args[0], "-modfile=" + modfile}, args[1:]...)
	}
	return goIn(t.module(p), args...)
}

// goIn is a call of go in a module. Programs are static, and neither the caller's flags nor a workspace around the
// checkout change what is built.
func goIn(module string, args ...string) runner.Command {
	return runner.Cmd("go", append([]string{"-C", module}, args...)...).WithEnv("CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making the folder of %s: %w", path, err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
