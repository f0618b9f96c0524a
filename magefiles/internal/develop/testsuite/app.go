package testsuite

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/develop/browser"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// frontend runs the frontend's linter and type checker beside its unit tests, then its browser tests on this machine.
func frontend(ctx context.Context, s Suite) (Counts, error) {
	if err := s.toolchain().NodeModules(ctx); err != nil {
		return Counts{}, err
	}
	// Neither of these two keeps every core busy. Each runs to its end, so that all that is wrong is told at once.
	linted := make(chan error, 1)
	go func() { linted <- s.lintFrontend(ctx) }()
	units, err := s.vitest(ctx)
	if err := errors.Join(<-linted, err); err != nil {
		return units, err
	}
	tests := browser.Tests{
		Toolchain: s.toolchain(), Artifacts: s.Artifacts, Match: s.Match, Elsewhere: slices.Contains(s.chosen, onKind),
	}
	err = tests.Run(ctx)
	all := units
	for _, xml := range tests.Reports() {
		tests, unread := readJUnit(xml)
		all = all.plus(tests.count())
		if err == nil {
			err = unread
		}
	}
	return all, err
}

// vitest runs the frontend's unit tests.
func (s Suite) vitest(ctx context.Context) (Counts, error) {
	report.Progress(ctx, "vitest")
	tests, err := reported(filepath.Join(s.Artifacts, "frontend.xml"), func(xml string) error {
		call := runner.Cmd("npm", "test", "--", "--reporter=default", "--reporter=junit", "--outputFile.junit="+xml)
		if s.Match != "" {
			call.Args = append(call.Args, "--testNamePattern="+s.Match)
		}
		err := s.Runner.Run(ctx, call.In(s.frontend()))
		if err != nil && tooSlow.MatchString(err.Error()) {
			report.Warn(ctx, "vitest gave up on a process of its own that did not answer for 60 s; all of it runs once more")
			err = s.Runner.Run(ctx, call.In(s.frontend()))
		}
		return err
	})
	return tests.count(), err
}

// tooSlow is what vitest says of its own processes, not of a test: on a busy machine they may take longer to start or to
// answer than it waits, which nobody can change: https://github.com/vitest-dev/vitest/issues/8968 and 11082.
var tooSlow = regexp.MustCompile(`\[vitest-(pool|pool-runner|worker)\]`)

// reported runs tests that write a JUnit report to xml, and reads it.
func reported(xml string, run func(xml string) error) (junit, error) {
	_ = os.Remove(xml)
	err := run(xml)
	tests, unread := readJUnit(xml)
	if err != nil && errors.Is(unread, os.ErrNotExist) {
		return tests, err
	}
	return tests, errors.Join(err, unread)
}

// backend runs the backend's tests, and its linter and type checker beside them, in a virtual environment of its own,
// which is kept until its requirements change.
func backend(ctx context.Context, s Suite) (Counts, error) {
	python, err := s.toolchain().Python(ctx)
	if err != nil {
		return Counts{}, err
	}
	linted := make(chan error, 1)
	go func() { linted <- s.lintBackend(ctx) }() // tests wait a good part of their time
	report.Progress(ctx, "pytest on a real Postgres, one for each of its processes")
	tests, err := s.pytest(ctx, python, "not "+longLayer)
	return tests.count(), errors.Join(<-linted, err)
}

// pytest runs the backend's tests that marks, an expression of pytest's, chooses.
func (s Suite) pytest(ctx context.Context, python, marks string) (junit, error) {
	s.databaseServers(ctx)
	return reported(filepath.Join(s.Artifacts, "backend.xml"), func(xml string) error {
		processes := strconv.Itoa(min(runtime.NumCPU(), 4)) // each collects every test; other layers run while they wait
		call := runner.Cmd(python, "-m", "pytest", "--quiet", "-m", marks, "--numprocesses="+processes,
			"--dist=worksteal", "--junit-xml", xml)
		if s.Match != "" {
			name, _, _ := strings.Cut(s.Match, "/") // Go's way to name a part of a test
			call.Args = append(call.Args, "-k", strings.NewReplacer(" ", "_", "|", " or ").Replace(name))
		}
		call = call.WithEnv("PYTHONDONTWRITEBYTECODE=") // else every process compiles the tests and their plugins again
		err := s.Runner.Run(ctx, call.In(filepath.Join(s.Root, "backend")))
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == noTests {
			return nil
		}
		return err
	})
}

// noTests is the exit code of pytest where no test has the mark and the name:
// https://docs.pytest.org/en/stable/reference/exit-codes.html
const noTests = 5
