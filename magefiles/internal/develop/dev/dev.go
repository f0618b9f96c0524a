// Package dev runs the app for whoever works on it: backend and frontend reload when their sources change, the database
// is a real Postgres whose data stays, and no container is needed.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	chart "todo-app/deploy/helm"
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
}

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
	url, err := d.start(ctx, app)
	if err == nil {
		report.Progress(ctx, "%s (Ctrl-C ends it)", url)
		err = app.Wait(ctx)
	}
	if ctx.Err() != nil { // Ctrl-C is how it ends
		return "ended; the todos stay in " + d.Data, nil
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

func (d Dev) start(ctx context.Context, app *local.App) (url string, err error) {
	if app.Python, err = d.Toolchain.Python(ctx); err != nil {
		return "", err
	}
	if err := d.Toolchain.NodeModules(ctx); err != nil {
		return "", err
	}
	page, err := ports.Hold(chart.FrontendPort) // where it is free
	if err != nil {
		return "", err
	}
	api, err := ports.Hold(chart.BackendPort)
	if err != nil {
		return "", err
	}
	report.Progress(ctx, "starting database, backend and frontend")
	group, together := errgroup.WithContext(ctx)
	group.Go(func() error { return d.startAPI(together, app, api, page) })
	group.Go(func() error {
		_, err := app.DevelopFrontend(together, page, fmt.Sprintf("http://127.0.0.1:%d", api))
		return err
	})
	if err := group.Wait(); err != nil {
		return "", err
	}
	url = fmt.Sprintf("http://localhost:%d", page)
	report.Info(ctx, "%s is ready; http://localhost:%d/api/docs describes the API; todos are kept in %s", url, page, d.Data)
	return url, nil
}

// startAPI starts the database and, at port, the backend, for the pages that are served at another port.
func (d Dev) startAPI(ctx context.Context, app *local.App, port, pagePort int) error {
	database, err := app.StartPostgres(ctx, filepath.Join(d.Data, "postgres"))
	if err != nil {
		return err
	}
	if err := app.Migrate(ctx, database.URL); err != nil {
		return err
	}
	// The page's own host is not the one that its rewritten requests arrive under.
	origins := fmt.Sprintf("ALLOWED_ORIGINS=http://localhost:%d,http://127.0.0.1:%d", pagePort, pagePort)
	_, err = app.StartBackend(ctx, port, database.URL, append([]string{"RELOAD=true", origins}, d.Env...)...)
	return err
}
