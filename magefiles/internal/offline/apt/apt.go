// Package apt installs Debian's packages.
package apt

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// interrupted is what apt-get says where an installation was killed before its end, whoever began it.
const interrupted = "dpkg was interrupted"

// Install installs packages, and nothing that they only recommend. It waits for an installation that is under way, and
// finishes one that was interrupted. Only root may.
func Install(ctx context.Context, r runner.Runner, packages ...string) error {
	unlock, err := lock.Wait(ctx, filepath.Join(os.TempDir(), "todo-app-apt.lock"), func() {
		report.Info(ctx, "another run installs packages: waiting for it to end")
	})
	if err != nil {
		return err
	}
	defer unlock()
	if err := run(ctx, r, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	install := []string{"install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}
	install = append(install, packages...)
	err = run(ctx, r, "apt-get", install...)
	if err == nil || !strings.Contains(err.Error(), interrupted) {
		return err
	}
	if err := run(ctx, r, "dpkg", "--configure", "-a"); err != nil {
		return err
	}
	return run(ctx, r, "apt-get", install...)
}

// run keeps packages from asking questions.
func run(ctx context.Context, r runner.Runner, program string, args ...string) error {
	return r.Run(ctx, runner.Cmd(program, args...).WithEnv("DEBIAN_FRONTEND=noninteractive"))
}
