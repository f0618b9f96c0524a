package testsuite

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// profileOf begins the name of all that a layer's tests in the clone at root make: clusters, containers, networks.
func profileOf(root, layer string) string {
	return fmt.Sprintf("todo-app-e2e-%x", sha256.Sum256([]byte(layer+" "+root)))[:len("todo-app-e2e-")+8]
}

// claim gives this run the names of its clone and layer, until release is called: a second run of the same waits. It
// notes whose names they are, and removes what the tests of clones left that are deleted by now.
func (s Suite) claim(ctx context.Context, layer string) (profile string, release func(), err error) {
	profile = profileOf(s.Root, layer)
	release, err = lock.Wait(ctx, s.note(profile)+".lock", func() {
		report.Info(ctx, "another run of these tests works in this clone: waiting for it to end")
	})
	if err != nil {
		return "", nil, err
	}
	if err := os.WriteFile(s.note(profile), []byte(s.Root), 0o644); err != nil {
		release()
		return "", nil, fmt.Errorf("noting which clone the name %s belongs to: %w", profile, err)
	}
	if err := s.removeDeleted(ctx); err != nil {
		report.Warn(ctx, "%v", err)
	}
	return profile, release, nil
}

// note is the file that says where the clone is whose tests use a name.
func (s Suite) note(profile string) string { return filepath.Join(s.Cache, "e2e", profile) }

// removeDeleted removes what the tests of clones left that are not there any more.
func (s Suite) removeDeleted(ctx context.Context) error {
	notes, err := filepath.Glob(s.note("todo-app-e2e-????????"))
	if err != nil {
		return err
	}
	for _, path := range notes {
		profile := filepath.Base(path)
		root, err := os.ReadFile(path)
		if _, gone := os.Stat(filepath.Join(string(root), "magefiles", "e2e")); err != nil || gone == nil || string(root) == s.Root {
			continue
		}
		release, err := lock.Wait(ctx, path+".lock", func() {
			report.Info(ctx, "waiting for the tests of %s to end, a clone that is deleted", root)
		})
		if err != nil {
			return err
		}
		err = s.removeAll(ctx, profile)
		if err == nil {
			err = os.RemoveAll(path)
		}
		release()
		if err != nil {
			return fmt.Errorf("removing what the end-to-end tests of %s left, a clone that is deleted: %w\n"+
				"(its clusters and containers are those whose names begin with %s)", root, err, profile)
		}
		report.Info(ctx, "removed what the end-to-end tests of %s had left, a clone that is deleted", root)
	}
	return nil
}

// removeAll removes everything whose name begins with prefix.
func (s Suite) removeAll(ctx context.Context, prefix string) error {
	home, err := minikube.Home()
	if err != nil {
		return err
	}
	machines, _ := filepath.Glob(filepath.Join(home, "profiles", prefix+"*"))
	for _, machine := range machines {
		if err := s.Runner.Run(ctx, runner.Cmd("minikube", "delete", "--profile", filepath.Base(machine))); err != nil {
			return err
		}
	}
	for _, kind := range []struct{ list, remove string }{
		{"ps --all --quiet --filter name=^/?" + prefix, "rm --force --volumes"},
		{"network ls --quiet --filter name=^" + prefix, "network rm"},
		{"volume ls --quiet --filter name=^" + prefix, "volume rm"},
	} {
		found, err := s.Runner.Output(ctx, runner.Cmd("docker", strings.Fields(kind.list)...))
		if err == nil && found != "" {
			err = s.Runner.Run(ctx, runner.Cmd("docker", append(strings.Fields(kind.remove), strings.Fields(found)...)...))
		}
		if err != nil {
			return err
		}
	}
	var errs []error
	for _, pattern := range []string{"made-*-" + prefix + "*", "lock-*-" + prefix + "*", "times-*-" + prefix + "*"} {
		files, _ := filepath.Glob(filepath.Join(s.Cache, pattern))
		for _, file := range files {
			errs = append(errs, os.Remove(file))
		}
	}
	return errors.Join(errs...)
}
