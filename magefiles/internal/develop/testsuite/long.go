package testsuite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// long runs the tests that take long, and writes how each ended to docs/long-tests.md, unless one is run alone.
func long(ctx context.Context, s Suite) (Counts, error) {
	python, err := s.toolchain().Python(ctx)
	if err == nil {
		err = s.toolchain().NodeModules(ctx)
	}
	if err != nil {
		return Counts{}, err
	}
	report.Progress(ctx, "pytest of faults and of very much at once")
	tests, failed := s.pytest(ctx, python, longLayer)
	events, err := s.stories(ctx, longLayer, nil)
	err = errors.Join(failed, err)
	if s.Match == "" && len(events.Cases) > 0 && ctx.Err() == nil {
		err = errors.Join(err, s.writeDown(ctx, append(tests.ended(), events.Cases...)))
	}
	return tests.count().plus(events.Counts), err
}

// writeDown writes the table of how long tests ended.
func (s Suite) writeDown(ctx context.Context, cases []goEvent) error {
	describe := runner.Cmd("git", "describe", "--always", "--abbrev=12", "--exclude=*",
		"--dirty=, with changes that were not committed")
	commit, err := s.Runner.Output(ctx, describe.In(s.Root))
	if err != nil {
		return fmt.Errorf("finding the commit that the long tests ran on: %w", err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, `# Long tests

They kill, break and restart what runs, each beside a real deployment. `+"`go run . test`"+` leaves them out;
`+"`go run . test -only=long`"+` runs all of them and writes this page, and `+"`go run . test -run=NAME`"+` runs one.

Commit %s, %d cores.

| test | result | seconds |
| --- | --- | --- |
`, commit, runtime.NumCPU())
	results := map[string]string{"pass": "passed", "fail": "**failed**", "skip": "skipped"}
	for _, one := range cases {
		fmt.Fprintf(&text, "| %s | %s | %.0f |\n", one.Test, results[one.Action], one.Elapsed)
	}
	path := filepath.Join("docs", "long-tests.md")
	if err := os.WriteFile(filepath.Join(s.Root, path), []byte(text.String()), 0o644); err != nil {
		return fmt.Errorf("writing down how the long tests ended: %w", err)
	}
	report.Info(ctx, "the table is in %s", path)
	return nil
}
