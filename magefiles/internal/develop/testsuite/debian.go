package testsuite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// servers are Debian's packages of what a Postgres with TLS and a pooler in front of it take, and the program by which
// each is found; Python's packages have neither.
var servers = []struct{ pkg, program string }{
	{"postgresql", "postgres"}, {"pgbouncer", "pgbouncer"}, {"openssl", "openssl"},
}

// databaseServers installs the servers that are missing. Where that cannot be, it says that their tests are skipped.
func (s Suite) databaseServers(ctx context.Context) {
	var missing []string
	for _, one := range servers {
		if !s.serves(one.program) {
			missing = append(missing, one.pkg)
		}
	}
	if len(missing) == 0 {
		return
	}
	err := errors.New("only root may install it, on a Debian")
	if toolchain.MayInstall(s.Machine) {
		err = s.installServers(ctx, missing)
	}
	if err != nil {
		packages := strings.Join(missing, " ")
		report.Warn(ctx, "tests of TLS and of a pooler are skipped, because %s is missing: %v\n"+
			"(Debian: sudo apt-get install %s)", packages, err, packages)
	}
}

// installServers installs packages, and stops those that run in the background from then on: nobody asked for that.
func (s Suite) installServers(ctx context.Context, packages []string) error {
	if err := s.toolchain().AptInstall(ctx, packages...); err != nil {
		return err
	}
	services := slices.DeleteFunc(slices.Clone(packages), func(pkg string) bool { return pkg == "openssl" })
	if !s.Machine.Systemd() || len(services) == 0 {
		return nil
	}
	disable := append([]string{"disable", "--now"}, services...)
	if err := s.Runner.Run(ctx, runner.Cmd("systemctl", disable...)); err != nil {
		return fmt.Errorf("stopping the services that were just installed: %w", err)
	}
	return nil
}

// serves looks for a program in PATH and where Debian keeps servers.
func (s Suite) serves(program string) bool {
	for _, pattern := range []string{"usr/lib/postgresql/*/bin/", "usr/sbin/"} {
		if found, _ := fs.Glob(s.Machine.Files, pattern+program); len(found) > 0 {
			return true
		}
	}
	return s.Machine.Has(program)
}
