// Package dev runs the app for whoever works on it: backend and frontend reload when their sources change, the database
// is a real Postgres whose data stays, and no container is needed. Or the frontend alone, on a deployment's backend.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
)

// Dev is one run of it.
type Dev struct {
	Toolchain toolchain.Toolchain
	Data      string   // folder of this clone's database
	Env       []string // KEY=value, added to the backend's environment
	Log       func(server string) io.Writer
	Debug     bool // debuggers can attach to the servers
	// Deployed finds the deployment whose backend and todos are used; nil for a backend and a database of its own.
	Deployed func(ctx context.Context) (address.Candidate, error)
	Host     string // the name that the deployment answers to
}

// The ports of the debuggers, where they are free: .vscode/launch.json names them, too.
const (
	debugpyPort   = 5678
	inspectorPort = 9229
)

// Run starts everything, says where it is, and returns when ctx ends (with no error) or when one of the servers ends by
// itself (with its reason). Nothing runs any more then.
func (d Dev) Run(ctx context.Context) (note string, err error) {
	unlock, err := d.lock(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	app := &local.App{Runner: d.Toolchain.Runner, Root: d.Toolchain.Root, Log: d.Log}
	defer app.Stop()
	serve, todos := d.ownApp, d.Data
	if d.Deployed != nil {
		serve, todos = d.deployedApp, "the cluster"
	}
	err = serve(ctx, app)
	if ctx.Err() != nil { // Ctrl-C is how it ends
		return "ended; the todos stay in " + todos, nil
	}
	return "", err
}

// lock keeps two runs from using one database and one folder of compiled pages.
func (d Dev) lock(ctx context.Context) (unlock func(), err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	return lock.Wait(ctx, filepath.Join(d.Data, "lock"), func() {
		cancel(errors.New("starting the app: it runs already, from these sources, in another terminal; " +
			"end it there with Ctrl-C first"))
	})
}

// ownApp serves the frontend, a backend and a database.
func (d Dev) ownApp(ctx context.Context, app *local.App) (err error) {
	if app.Python, err = d.Toolchain.Python(ctx); err != nil {
		return err
	}
	page, err := d.pagePort(ctx)
	if err != nil {
		return err
	}
	api, err := ports.Hold(chart.BackendPort)
	if err != nil {
		return err
	}
	report.Progress(ctx, "starting database, backend and frontend")
	group, together := errgroup.WithContext(ctx)
	group.Go(func() error { return d.startAPI(together, app, api, page) })
	group.Go(func() error { return d.startPages(together, app, page, fmt.Sprintf("http://127.0.0.1:%d", api)) })
	if err := group.Wait(); err != nil {
		return err
	}
	url := origins(page)[0]
	report.Info(ctx, "%s is ready; %s/api/docs describes the API; todos are kept in %s", url, url, d.Data)
	return wait(ctx, app, url)
}

// deployedApp serves the frontend, which uses a deployment's backend.
func (d Dev) deployedApp(ctx context.Context, app *local.App) error {
	at, err := d.Deployed(ctx)
	if err != nil {
		return err
	}
	page, err := d.pagePort(ctx)
	if err != nil {
		return err
	}
	ingress, err := local.Ingress(at.URL(d.Host), at.Address, d.Log(chart.Backend), origins(page)...)
	if err != nil {
		return fmt.Errorf("leading to the deployed app at %s: %w", at.Address, err)
	}
	backend, err := local.Serve(ingress)
	if err != nil {
		return err
	}
	defer backend.Close()
	return at.Hold(ctx, func(ctx context.Context) error {
		report.Progress(ctx, "starting the frontend")
		if err := d.startPages(ctx, app, page, "http://"+backend.Addr); err != nil {
			return err
		}
		url := origins(page)[0]
		report.Info(ctx, "%s is ready; its API and its todos are those of %s at %s", url, at.URL(d.Host), at.Address)
		return wait(ctx, app, url)
	})
}

// pagePort is where the pages will be, whose packages it makes ready.
func (d Dev) pagePort(ctx context.Context) (int, error) {
	if err := d.Toolchain.NodeModules(ctx); err != nil {
		return 0, err
	}
	return ports.Hold(chart.FrontendPort) // where it is free
}

// origins are the URLs under which the pages of a port may be opened.
func origins(port int) []string {
	return []string{fmt.Sprintf("http://localhost:%d", port), fmt.Sprintf("http://127.0.0.1:%d", port)}
}

func wait(ctx context.Context, app *local.App, url string) error {
	report.Progress(ctx, "%s (Ctrl-C ends it)", url)
	return app.Wait(ctx)
}

// startPages starts the frontend on the backend at a URL.
func (d Dev) startPages(ctx context.Context, app *local.App, port int, backendURL string) error {
	var options []string
	if d.Debug {
		inspector, err := debugPort(ctx, "frontend's server", inspectorPort)
		if err != nil {
			return err
		}
		options = local.Inspected(inspector)
	}
	_, err := app.DevelopFrontend(ctx, port, backendURL, options...)
	return err
}

// startAPI starts the database and, at port, the backend, for the pages that are served at another port.
func (d Dev) startAPI(ctx context.Context, app *local.App, port, pagePort int) error {
	database, err := app.StartPostgres(ctx, filepath.Join(d.Data, "postgres"))
	if err != nil {
		return err
	}
	// The page's own host is not the one that its rewritten requests arrive under.
	env := append([]string{"ALLOWED_ORIGINS=" + strings.Join(origins(pagePort), ",")}, d.Env...)
	if !d.Debug {
		_, err = app.StartBackend(ctx, port, database.URL, append(env, "RELOAD=true")...)
		return err
	}
	debugger, err := debugPort(ctx, "backend", debugpyPort)
	if err != nil {
		return err
	}
	_, err = app.DebugBackend(ctx, port, debugger, database.URL, env...)
	return err
}

// debugPort is where a server's debugger will listen, and says so.
func debugPort(ctx context.Context, server string, usual int) (int, error) {
	port, err := ports.Hold(usual)
	if err != nil {
		return 0, err
	}
	note := ""
	if port != usual {
		note = fmt.Sprintf("; %d is taken: name this port in .vscode/launch.json", usual)
	}
	report.Info(ctx, "the debugger of the %s listens at 127.0.0.1:%d%s", server, port, note)
	return port, nil
}
