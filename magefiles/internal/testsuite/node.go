package testsuite

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// frontend runs the frontend's linter, type checker and unit tests.
func frontend(ctx context.Context, s Suite) (Counts, error) {
	if err := s.lintFrontend(ctx); err != nil {
		return Counts{}, err
	}
	report.Progress(ctx, "vitest")
	xml := filepath.Join(s.Artifacts, "frontend.xml")
	_ = os.Remove(xml)
	err := s.Runner.Run(ctx, runner.Cmd("npm", "test", "--", "--reporter=junit", "--outputFile="+xml).In(filepath.Join(s.Root, "frontend")))
	counts, unread := readJUnit(xml)
	return counts, errors.Join(err, unread)
}
