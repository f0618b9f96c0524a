package toolchain

import (
	"context"
	"path/filepath"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Kept is the call of a program with what its last run in any clone knew, kept in folder: frontend/kept says how, and
// what versions and cache are. What it has to say of the cache is told in the step of ctx.
func Kept(ctx context.Context, folder, root, name, versions, cache string, command ...string) runner.Command {
	args := []string{filepath.Join(root, "frontend", "kept"), filepath.Join(folder, "kept"), name, versions, cache}
	call := runner.Cmd("sh", append(args, command...)...)
	call.Stderr = report.InfoWriter(ctx)
	return call
}
