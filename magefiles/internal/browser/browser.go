// Package browser runs the frontend's browser tests on this machine: a real Chromium, the production build, the real
// backend and a Postgres of their own, under the name that a deployment has.
package browser

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"todo-app/magefiles/internal/local"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/toolchain"
)

// Host is the name of the app in the browser; by HTTP it is no secure context, unlike localhost.
const Host = "todo.local"

// Tests are one run of them.
type Tests struct {
	Toolchain toolchain.Toolchain
	Artifacts string    // where the report, the servers' logs and screenshots go
	Output    io.Writer // what the tests print while they run; may be nil
}

// Report is the path of the JUnit report that Run writes.
func (t Tests) Report() string { return filepath.Join(t.Artifacts, "browser.xml") }

// Run starts everything, runs the tests of the files that only names ("keyboard", …; none is all) and ends everything.
func (t Tests) Run(ctx context.Context, only ...string) (err error) {
	files, err := t.files(only)
	if err != nil {
		return err
	}
	browser, err := t.Toolchain.Chromium(ctx)
	if err != nil {
		return err
	}
	if err := t.Toolchain.NodeModules(ctx); err != nil {
		return err
	}
	python, err := t.Toolchain.Python(ctx)
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "todo-app-browser-")
	if err != nil {
		return fmt.Errorf("making a folder for the database: %w", err)
	}
	defer os.RemoveAll(data)
	log, err := os.Create(filepath.Join(t.Artifacts, "browser.log"))
	if err != nil {
		return fmt.Errorf("making the servers' log: %w", err)
	}
	defer log.Close()
	app := &local.App{Root: t.Toolchain.Root, Cache: t.Toolchain.Cache, Python: python, Log: func(string) io.Writer { return log }}
	defer app.Stop()
	production, err := app.StartProduction(ctx, t.Toolchain.Runner, data)
	if err != nil {
		return fmt.Errorf("%w\n(the servers' log is %s)", err, log.Name())
	}
	defer production.Stop()
	control, err := startControl(ctx, production)
	if err != nil {
		return err
	}
	defer control.stop()
	report.Progress(ctx, "browser tests on http://%s:%d", Host, production.Port)
	return t.Toolchain.Runner.Run(ctx, t.command(files, browser, production.Port, control.url))
}

// command runs the files' tests, one after the other: they share one backend, which some of them stop.
func (t Tests) command(files []string, browser string, port int, control string) runner.Command {
	args := append([]string{"--test", "--test-concurrency=1", "--test-reporter=spec", "--test-reporter-destination=stdout",
		"--test-reporter=junit", "--test-reporter-destination=" + t.Report()}, files...)
	c := runner.Cmd("node", args...).In(filepath.Join(t.Toolchain.Root, "frontend"))
	c.Stdout = t.Output
	return c.WithEnv("CHROMIUM_PATH="+browser, fmt.Sprintf("E2E_BASE_URL=http://%s:%d", Host, port), "E2E_RESOLVE=127.0.0.1",
		"E2E_CONTROL="+control, "E2E_ARTIFACTS="+filepath.Join(t.Artifacts, "browser"))
}

const suffix = ".test.mjs"

// files are the test files to run, relative to the frontend's folder.
func (t Tests) files(only []string) ([]string, error) {
	folder := filepath.Join("tests", "e2e")
	found, err := filepath.Glob(filepath.Join(t.Toolchain.Root, "frontend", folder, "*"+suffix))
	if err != nil {
		return nil, err
	}
	var names, files []string
	for _, path := range found {
		name := strings.TrimSuffix(filepath.Base(path), suffix)
		names = append(names, name)
		if len(only) == 0 || slices.Contains(only, name) {
			files = append(files, filepath.Join(folder, name+suffix))
		}
	}
	for _, name := range only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("choosing browser tests: there is no file %q; -only takes %s, divided by commas", name, strings.Join(names, ", "))
		}
	}
	return files, nil
}
