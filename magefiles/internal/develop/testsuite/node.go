package testsuite

import (
	"context"
	"errors"
	"os"
	"path/filepath"

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
	tests := browser.Tests{Toolchain: s.toolchain(), Artifacts: s.Artifacts, Match: s.Match}
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
		call := runner.Cmd("npm", "test", "--", "--reporter=junit", "--outputFile="+xml)
		if s.Match != "" {
			call.Args = append(call.Args, "--testNamePattern="+s.Match)
		}
		return s.Runner.Run(ctx, call.In(s.frontend()))
	})
	return tests.count(), err
}

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
