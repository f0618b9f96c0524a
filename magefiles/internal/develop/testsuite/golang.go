package testsuite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// unit runs the orchestrator's own tests, with the race detector where there is the C compiler that it takes. Go keeps
// the results of a package until its code, or what its tests have read, has changed.
func unit(ctx context.Context, s Suite) (Counts, error) {
	args := []string{"-ldflags=-w", "./magefiles/internal/..."} // a quarter of the linking is for debuggers
	var env []string
	if err := s.Runner.Run(ctx, runner.Cmd("gcc", "--version")); err != nil {
		report.Warn(ctx, "the race detector is left out: %v\n(Debian: sudo apt-get install gcc libc6-dev)", err)
	} else {
		args, env = append([]string{"-race"}, args...), []string{"CGO_ENABLED=1"}
	}
	events, err := s.goTest(ctx, env, quiet, args...)
	return events.Counts, err
}

// helmChart runs the chart's tests, which call helm.
func helmChart(ctx context.Context, s Suite) (Counts, error) {
	if err := s.Ready(ctx); err != nil {
		return Counts{}, err
	}
	events, err := s.goTest(ctx, nil, quiet, again, "./deploy/helm/...")
	return events.Counts, err
}

// endToEnd deploys to a cluster of kind's and uses the app there, and tests what needs no cluster beside it.
func endToEnd(ctx context.Context, s Suite) (Counts, error) {
	browser, err := s.toolchain().Chromium(ctx)
	if err != nil {
		return Counts{}, err
	}
	if err := s.toolchain().NodeModules(ctx); err != nil {
		return Counts{}, err
	}
	pages := filepath.Join(s.Artifacts, "e2e-browser.xml")
	_ = os.Remove(pages) // an earlier run's
	env := []string{"E2E_ARTIFACTS=" + s.Artifacts, "E2E_JUNIT=" + pages, "CHROMIUM_PATH=" + browser}
	events, err := s.stories(ctx, onKind, env)
	tests, unread := readJUnit(pages)
	if errors.Is(unread, fs.ErrNotExist) { // its test did not come that far, or was not chosen
		unread = nil
	}
	return events.plus(tests.count()), errors.Join(err, unread)
}

// onMinikube deploys to a cluster of minikube's and uses the app there.
func onMinikube(ctx context.Context, s Suite) (Counts, error) {
	events, err := s.stories(ctx, "minikube", nil)
	return events.Counts, err
}

// roomForBoth is the memory in bytes from which a machine holds a cluster of kind's and one of minikube's at once, with
// the tests and their browser beside them.
const roomForBoth = 12 << 30

// stories runs the end-to-end tests of a layer, whose build tag they have.
func (s Suite) stories(ctx context.Context, layer string, env []string) (*goEvents, error) {
	if err := s.Ready(ctx); err != nil {
		return &goEvents{}, err
	}
	if has, known := cluster.Machine(ctx, s.Runner); known && has.Memory < roomForBoth {
		report.Progress(ctx, "this machine holds one cluster at a time: waiting for that of the other layer's tests")
		s.cluster.Lock()
		defer s.cluster.Unlock()
	}
	profile, release, err := s.claim(ctx, layer)
	if err != nil {
		return &goEvents{}, err
	}
	defer release()
	targets, err := os.Executable()
	if err != nil {
		return &goEvents{}, fmt.Errorf("finding the program of the targets: %w", err)
	}
	env = append(env, "E2E_PROFILE="+profile, "E2E_TARGETS="+targets)
	return s.goTest(ctx, env, follow, again, "-tags", layer, "-timeout", "2h", "-parallel", together, "./magefiles/e2e")
}

// again has Go run tests whose results it keeps: it does not know of the programs that they call.
const again = "-count=1"

// together is how many end-to-end tests run side by side: more than there are cores, because most wait for pods.
const together = "4"

// What goTest tells of each test, when it begins and when it has passed.
const (
	quiet  = false // they are many and fast
	follow = true  // each takes a while
)

// goTest runs `go test` with args and shows the output of the tests that failed.
func (s Suite) goTest(ctx context.Context, env []string, following bool, args ...string) (*goEvents, error) {
	events := newGoEvents(func(e goEvent) { s.tell(ctx, e, following) })
	options := []string{"test", "-json"}
	if s.Match != "" {
		options = append(options, "-run", s.Match)
	}
	// Go ends when it is interrupted; a test that it started would go on, with the browser or the deploy that it runs.
	call := runner.Cmd("go", append(options, args...)...).In(s.Root).WithEnv(env...).AsGroup()
	call = call.WithStdout(lines.To(events.read))
	err := s.Runner.Run(ctx, call)
	if len(events.Failures) > 0 {
		return events, fmt.Errorf("tests failed:\n%s", strings.Join(events.Failures, "\n"))
	}
	return events, err
}

func (s Suite) tell(ctx context.Context, e goEvent, following bool) {
	switch {
	case following && e.Action == "run" && e.Test != "":
		report.Progress(ctx, "%s", strings.ReplaceAll(e.Test, "_", " "))
	case following && e.Action == "pass" && e.Test != "":
		report.Progress(ctx, "%s (%.1fs)", strings.ReplaceAll(e.Test, "_", " "), e.Elapsed)
	case e.Action == "output" && s.Verbose:
		report.Info(ctx, "%s", strings.TrimRight(e.Output, "\n"))
	}
}
