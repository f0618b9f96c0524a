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

// server is a program that some of the backend's tests start, and Debian's package of it.
type server struct {
	program, pkg string
	service      bool // the package also runs it in the background from then on
}

// servers are what a Postgres with TLS and a pooler in front of it take; Python's packages have neither.
var servers = []server{{"postgres", "postgresql", true}, {"pgbouncer", "pgbouncer", true}, {"openssl", "openssl", false}}

// databaseServers installs the servers that are missing. Where that cannot be, it says that their tests are skipped.
func (s Suite) databaseServers(ctx context.Context) {
	missing := slices.DeleteFunc(slices.Clone(servers), func(one server) bool { return onMachine(one.program) })
	if len(missing) == 0 {
		return
	}
	err := errors.New("only root may install it, on a Debian")
	if toolchain.MayInstall() {
		err = s.installServers(ctx, missing, machine.This().Systemd())
	}
	if err != nil {
		packages := strings.Join(packagesOf(missing), " ")
		report.Warn(ctx, "tests of TLS and of a pooler are skipped, because %s is missing: %v\n"+
			"(Debian: sudo apt-get install %s)", packages, err, packages)
	}
}

// installServers installs the missing servers, and stops those that came with them as services: nobody asked for these.
func (s Suite) installServers(ctx context.Context, missing []server, systemd bool) error {
	if err := s.toolchain().AptInstall(ctx, packagesOf(missing)...); err != nil {
		return err
	}
	services := slices.DeleteFunc(slices.Clone(missing), func(one server) bool { return !one.service })
	if !systemd || len(services) == 0 {
		return nil
	}
	disable := append([]string{"disable", "--now"}, packagesOf(services)...)
	if err := s.Runner.Run(ctx, runner.Cmd("systemctl", disable...)); err != nil {
		return fmt.Errorf("stopping the services that were just installed: %w", err)
	}
	return nil
}

func packagesOf(some []server) []string {
	var packages []string
	for _, one := range some {
		packages = append(packages, one.pkg)
	}
	return packages
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
