package testsuite

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/machine"
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
		if !onMachine(one.program) {
			missing = append(missing, one.pkg)
		}
	}
	if len(missing) == 0 {
		return
	}
	err := errors.New("only root may install it, on a Debian")
	if toolchain.MayInstall() {
		err = s.installServers(ctx, missing, machine.This().Systemd())
	}
	if err != nil {
		packages := strings.Join(missing, " ")
		report.Warn(ctx, "tests of TLS and of a pooler are skipped, because %s is missing: %v\n"+
			"(Debian: sudo apt-get install %s)", packages, err, packages)
	}
}

// installServers installs packages, and stops those that run in the background from then on: nobody asked for that.
func (s Suite) installServers(ctx context.Context, packages []string, systemd bool) error {
	if err := s.toolchain().AptInstall(ctx, packages...); err != nil {
		return err
	}
	services := slices.DeleteFunc(slices.Clone(packages), func(pkg string) bool { return pkg == "openssl" })
	if !systemd || len(services) == 0 {
		return nil
	}
	disable := append([]string{"disable", "--now"}, services...)
	if err := s.Runner.Run(ctx, runner.Cmd("systemctl", disable...)); err != nil {
		return fmt.Errorf("stopping the services that were just installed: %w", err)
	}
	return nil
}

// onMachine looks for a program in PATH and where Debian keeps servers.
func onMachine(program string) bool {
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/sbin/"} {
		if found, _ := filepath.Glob(pattern + program); len(found) > 0 {
			return true
		}
	}
	_, err := exec.LookPath(program)
	return err == nil
}
