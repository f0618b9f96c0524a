package testsuite

import (
	"context"
	"path/filepath"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// backend runs the backend's linter, type checker and tests in a virtual environment of its own, which is kept until its
// requirements change.
func backend(ctx context.Context, s Suite) (Counts, error) {
	python, err := s.toolchain().Python(ctx)
	if err != nil {
		return Counts{}, err
	}
	if err := s.lintBackend(ctx); err != nil {
		return Counts{}, err
	}
	s.databaseServers(ctx)
	report.Progress(ctx, "pytest on a real Postgres, one for each of its processes")
	return counted(filepath.Join(s.Artifacts, "backend.xml"), func(xml string) error {
		return s.Runner.Run(ctx, runner.Cmd(python, "-m", "pytest", "--quiet", "--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal", "--junit-xml", xml).In(filepath.Join(s.Root, "backend")))
	})
}
