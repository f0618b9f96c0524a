package testsuite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// long runs the tests that take long, and writes how each ended to docs/long-tests.md.
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
	part := strings.Contains(s.Match, "/") // which says nothing of the whole test
	if len(events.Cases) > 0 && !part && ctx.Err() == nil {
		err = errors.Join(err, s.writeDown(ctx, append(tests.ended(), events.Cases...)))
	}
	return tests.count().plus(events.Counts), err
}

// longTests is the page with how each long test ended when it ran last, and longHead what it begins with.
const (
	longTests = "docs/long-tests.md"
	longHead  = `# Long tests

They kill, break and restart what runs, each beside a real deployment. ` + "`go run . test`" + ` leaves them out;
` + "`go run . test -run=NAME`" + ` runs one, ` + "`go run . test -only=long`" + ` all of them, and both write into this table.

| test | result | seconds | cores | commit |
| --- | --- | --- | --- | --- |
`
)

// writeDown writes how long tests ended into the table. It keeps the rows of others, where not all of them have run.
func (s Suite) writeDown(ctx context.Context, cases []goEvent) error {
	commit, err := s.commit(ctx)
	if err != nil {
		return fmt.Errorf("finding the commit that the long tests ran on: %w", err)
	}
	path := filepath.Join(s.Root, filepath.FromSlash(longTests))
	rows := map[string]string{}
	if s.Match != "" {
		before, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("reading how other long tests ended: %w", err)
		}
		_, table, _ := strings.Cut(string(before), "| --- |\n")
		for row := range strings.Lines(table) {
			rows[strings.Fields(row)[1]] = row
		}
	}
	results := map[string]string{"pass": "passed", "fail": "**failed**", "skip": "skipped"}
	for _, one := range cases {
		rows[one.Test] = fmt.Sprintf("| %s | %s | %.0f | %d | %s |\n", one.Test, results[one.Action], one.Elapsed,
			runtime.NumCPU(), commit)
	}
	text := longHead
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		text += rows[name]
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing down how the long tests ended: %w", err)
	}
	report.Info(ctx, "the table is in %s", longTests)
	return nil
}

// commit is the one that is checked out, and whether anything but the table has changed since.
func (s Suite) commit(ctx context.Context) (string, error) {
	commit, err := s.Runner.Output(ctx, runner.Cmd("git", "rev-parse", "--short=12", "HEAD").In(s.Root))
	if err != nil {
		return "", err
	}
	changed, err := s.Runner.Output(ctx, runner.Cmd("git", "status", "--porcelain", "--", ".", ":!"+longTests).In(s.Root))
	if changed != "" {
		commit += ", changed"
	}
	return commit, err
}
