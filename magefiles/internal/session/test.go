package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/develop/browser"
	"todo-app/magefiles/internal/develop/testsuite"
)

// Test runs the test layers that only names, and of their tests those that run names ("" is all; see testsuite.Choose); ready
// makes the Docker Engine, helm and kubectl ready.
func (s *Session) Test(ctx context.Context, only, run string, ready func(context.Context) error) error {
	chosen, err := testsuite.Choose(only, run)
	if err != nil {
		return err
	}
	suite := s.suite()
	suite.Ready, suite.Match = ready, run
	if err := os.MkdirAll(suite.Artifacts, 0o755); err != nil {
		return fmt.Errorf("making the folder of the test reports: %w", err)
	}
	return suite.Run(ctx, chosen)
}

// Lint makes every check that runs nothing.
func (s *Session) Lint(ctx context.Context) (string, error) { return s.suite().Lint(ctx) }

// Browser runs the browser tests of the files that only names, divided by commas ("" is all), on this machine.
func (s *Session) Browser(ctx context.Context, only string) (string, error) {
	var files []string
	if only != "" {
		files = strings.Split(only, ",")
	}
	suite := s.suite()
	if err := os.MkdirAll(suite.Artifacts, 0o755); err != nil {
		return "", fmt.Errorf("making the folder of the test reports: %w", err)
	}
	return "passed", browser.Tests{Toolchain: s.toolchain(), Artifacts: suite.Artifacts, Output: s.Report.Writer()}.Run(ctx, files...)
}

func (s *Session) suite() testsuite.Suite {
	return testsuite.Suite{
		Runner: s.Runner, Report: s.Report, Root: s.Config.Root, Cache: s.Config.Cache,
		Artifacts: filepath.Join(s.Config.Root, "artifacts"), Verbose: os.Getenv("MAGEFILE_VERBOSE") == "1",
	}
}
