package testsuite

import (
	"context"
	"errors"
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
	s.databaseServers(ctx)
	linted := make(chan error, 1)
	go func() { linted <- s.lintBackend(ctx) }() // tests wait a good part of their time
	report.Progress(ctx, "pytest on a real Postgres, one for each of its processes")
	counts, err := counted(filepath.Join(s.Artifacts, "backend.xml"), func(xml string) error {
		processes := strconv.Itoa(min(runtime.NumCPU()+1, 4)) // one more than cores, as tests wait
		call := runner.Cmd(python, "-m", "pytest", "--quiet", "--numprocesses="+processes, "--dist=worksteal", "--junit-xml", xml)
		if s.Match != "" {
			call.Args = append(call.Args, "-k", strings.ReplaceAll(s.Match, " ", "_"))
		}
		call = call.WithEnv("PYTHONDONTWRITEBYTECODE=") // else every process compiles the tests and their plugins again
		return s.Runner.Run(ctx, call.In(filepath.Join(s.Root, "backend")))
	})
	return counts, errors.Join(<-linted, err)
}
