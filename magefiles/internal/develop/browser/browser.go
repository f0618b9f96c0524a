// Package browser runs the frontend's browser tests on this machine: a real Chromium, the production build, the real
// backend and a Postgres of their own, under the name that a deployment has.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Host is the name of the app in the browser; by HTTP it is no secure context, unlike localhost.
const Host = "todo.local"

// Tests are one run of them.
type Tests struct {
	Toolchain toolchain.Toolchain
	Artifacts string    // where the report, the servers' logs and screenshots go
	Match     string    // the pattern by which tests are chosen; "" is all
	Output    io.Writer // what the tests print while they run; may be nil

	// Elsewhere says that the tests of Ingress run against a deployment: here they are left out.
	Elsewhere bool
}

// group are test files that run in one go. The report is its JUnit report's name.
type group struct {
	report, folder string
	atOnce         int
}

// Ingress is the folder of the tests of what an ingress and pods have a part in: paths, cookies and headers, streams,
// uploads and downloads.
var Ingress = filepath.Join("tests", "e2e", "ingress")

// groups share one backend. What does something to it runs alone, and after the rest.
func (t Tests) groups() []group {
	all := []group{
		{"browser.xml", filepath.Join("tests", "e2e"), 2},
		{"browser-ingress.xml", Ingress, 2},
		{"browser-alone.xml", filepath.Join("tests", "e2e", "alone"), 1},
	}
	return slices.DeleteFunc(all, func(g group) bool { return t.Elsewhere && g.folder == Ingress })
}

// Reports are the paths of the JUnit reports that Run writes, one for each group of files that it ran.
func (t Tests) Reports() []string {
	var paths []string
	for _, g := range t.groups() {
		paths = append(paths, filepath.Join(t.Artifacts, g.report))
	}
	return paths
}

// Run starts everything, runs the tests of the files that only names ("keyboard", …; none is all) and ends everything.
func (t Tests) Run(ctx context.Context, only ...string) error {
	chosen, err := t.files(only)
	if err != nil {
		return err
	}
	for _, path := range t.Reports() {
		_ = os.Remove(path) // an earlier run's
	}
	log := filepath.Join(t.Artifacts, "browser.log")
	return local.RunProduction(ctx, t.Toolchain, log, func(p *local.Production, browser string) error {
		controls, err := local.Serve(control(ctx, p))
		if err != nil {
			return err
		}
		defer controls.Close()
		report.Progress(ctx, "browser tests on http://%s:%d", Host, p.Port)
		var errs []error
		for i, g := range t.groups() {
			if files := chosen[i]; len(files) > 0 {
				call := t.command(g, files, browser, p.Port, "http://"+controls.Addr)
				errs = append(errs, t.Toolchain.Runner.Run(ctx, call))
			}
		}
		return errors.Join(errs...)
	})
}

// command runs the tests of a group's files.
func (t Tests) command(g group, files []string, browser string, port int, control string) runner.Command {
	args := []string{"--test", fmt.Sprintf("--test-concurrency=%d", g.atOnce), "--test-reporter=spec", "--test-reporter-destination=stdout",
		"--test-reporter=junit", "--test-reporter-destination=" + filepath.Join(t.Artifacts, g.report)}
	if t.Match != "" {
		args = append(args, "--test-name-pattern="+t.Match)
	}
	args = append(args, files...)
	c := runner.Cmd("node", args...).In(filepath.Join(t.Toolchain.Root, "frontend"))
	c.Stdout = t.Output
	return c.WithEnv("CHROMIUM_PATH="+browser, fmt.Sprintf("E2E_BASE_URL=http://%s:%d", Host, port), "E2E_RESOLVE=127.0.0.1",
		"E2E_CONTROL="+control, "E2E_ARTIFACTS="+filepath.Join(t.Artifacts, "browser"))
}

const suffix = ".test.mjs"

// files are the test files to run, by group, relative to the frontend's folder.
func (t Tests) files(only []string) ([][]string, error) {
	chosen := make([][]string, len(t.groups()))
	var names []string
	for i, g := range t.groups() {
		found, err := filepath.Glob(filepath.Join(t.Toolchain.Root, "frontend", g.folder, "*"+suffix))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			name := strings.TrimSuffix(filepath.Base(path), suffix)
			names = append(names, name)
			if len(only) == 0 || slices.Contains(only, name) {
				chosen[i] = append(chosen[i], filepath.Join(g.folder, name+suffix))
			}
		}
	}
	for _, name := range only {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("choosing browser tests: there is no file %q; -only takes %s, divided by commas", name, strings.Join(names, ", "))
		}
	}
	return chosen, nil
}

// control lets the tests do to the servers what a browser cannot. Every request is a POST; what has been done is
// answered with 204, what failed with 500 and the reason.
//
//	/database/stop, /database/start
//	/sql               runs the statement of the body
//	/backend/restart   with the settings of the body, a JSON object of environment variables; {} are the usual ones
func control(ctx context.Context, p *local.Production) http.Handler {
	actions := map[string]func(body []byte) error{
		"/database/stop":  func([]byte) error { p.App.StopServer(p.Database); return nil },
		"/database/start": func([]byte) error { return p.StartDatabase(ctx) },
		"/sql":            func(body []byte) error { _, err := p.App.Value(ctx, p.Database, string(body)); return err },
		"/backend/restart": func(body []byte) error {
			var settings map[string]string
			if err := json.Unmarshal(body, &settings); err != nil {
				return fmt.Errorf("reading the settings: %w", err)
			}
			var env []string
			for name, value := range settings {
				env = append(env, name+"="+value)
			}
			p.App.StopServer(p.Backend)
			return p.StartBackend(ctx, env...)
		},
	}
	mux := http.NewServeMux()
	var one sync.Mutex
	for path, act := range actions {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			one.Lock()
			defer one.Unlock()
			body, err := io.ReadAll(r.Body)
			if err == nil {
				err = act(body)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	return mux
}
