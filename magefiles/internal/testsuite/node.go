package testsuite

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/browser"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// frontend runs the frontend's linter, type checker and unit tests, then its browser tests on this machine.
func frontend(ctx context.Context, s Suite) (Counts, error) {
	if err := s.lintFrontend(ctx); err != nil {
		return Counts{}, err
	}
	report.Progress(ctx, "vitest")
	units, err := counted(filepath.Join(s.Artifacts, "frontend.xml"), func(xml string) error {
		return s.Runner.Run(ctx, runner.Cmd("npm", "test", "--", "--reporter=junit", "--outputFile="+xml).In(filepath.Join(s.Root, "frontend")))
	})
	if err != nil {
		return units, err
	}
	tests := browser.Tests{Toolchain: s.toolchain(), Artifacts: s.Artifacts}
	err = tests.Run(ctx)
	all := units
	for _, xml := range tests.Reports() {
		counts, unread := readJUnit(xml)
		all = all.plus(counts)
		if err == nil {
			err = unread
		}
	}
	return all, err
}

// counted runs tests that write a JUnit report to xml, and counts them.
func counted(xml string, run func(xml string) error) (Counts, error) {
	_ = os.Remove(xml)
	err := run(xml)
	counts, unread := readJUnit(xml)
	if err != nil && errors.Is(unread, os.ErrNotExist) {
		return counts, err
	}
	return counts, errors.Join(err, unread)
}
