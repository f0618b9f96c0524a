package testsuite

import (
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

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
		processes := strconv.Itoa(min(runtime.NumCPU()+1, 4)) // one more than cores, as tests wait
		call := runner.Cmd(python, "-m", "pytest", "--quiet", "-m", marks, "--numprocesses="+processes,
			"--dist=worksteal", "--junit-xml", xml)
		if s.Match != "" {
			call.Args = append(call.Args, "-k", strings.NewReplacer(" ", "_", "|", " or ").Replace(s.Match))
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
