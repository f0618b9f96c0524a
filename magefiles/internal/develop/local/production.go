package local

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"
	"strconv"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
)

// Production is the app the way that it is deployed, on this machine: the frontend's production build, the backend, a
// Postgres, and one address for both that routes as the ingress does.
type Production struct {
	App      *App
	Database *Server
	Backend  *Server
	Frontend *Server
	Port     int // of 127.0.0.1, where the app answers

	data        string
	backendPort int
	gateway     *http.Server
}

// StartProduction builds the frontend where its sources have changed, and starts everything, with the database in data.
func (a *App) StartProduction(ctx context.Context, data string) (*Production, error) {
	p := &Production{App: a, data: data}
	if err := a.BuildFrontend(ctx); err != nil {
		return nil, err
	}
	report.Progress(ctx, "starting database, backend and frontend")
	if err := p.StartDatabase(ctx); err != nil {
		return nil, err
	}
	if err := a.Migrate(ctx, p.Database.URL); err != nil {
		return nil, err
	}
	var err error
	if p.backendPort, err = ports.Hold(); err != nil {
		return nil, err
	}
	if err := p.StartBackend(ctx); err != nil {
		return nil, err
	}
	port, err := ports.Hold()
	if err != nil {
		return nil, err
	}
	if p.Frontend, err = a.StartFrontend(ctx, port, p.Backend.URL); err != nil {
		return nil, err
	}
	return p, p.listen()
}

// StartDatabase starts the database, again where it was stopped: at the same address.
func (p *Production) StartDatabase(ctx context.Context) (err error) {
	p.Database, err = p.App.StartPostgres(ctx, filepath.Join(p.data, "postgres"))
	return err
}

// StartBackend starts the backend with settings, KEY=value, again where it was stopped: at the same address.
func (p *Production) StartBackend(ctx context.Context, env ...string) (err error) {
	p.Backend, err = p.App.StartBackend(ctx, p.backendPort, p.Database.URL, env...)
	return err
}

// Stop ends everything and returns when it has ended.
func (p *Production) Stop() {
	if p.gateway != nil {
		_ = p.gateway.Close()
	}
	p.App.Stop()
}

// listen serves both under one address.
func (p *Production) listen() error {
	handler, err := Gateway(p.Backend.URL, p.Frontend.URL)
	if err != nil {
		return err
	}
	if p.gateway, err = Serve(handler); err != nil {
		return err
	}
	p.Port = int(netip.MustParseAddrPort(p.gateway.Addr).Port())
	return nil
}

// BuildFrontend makes the frontend's production build, unless it was made of these very sources.
func (a *App) BuildFrontend(ctx context.Context) error {
	hash, err := images.ContentHash(a.Root, "frontend")
	if err != nil {
		return err
	}
	folder := filepath.Join(a.frontend(), ".next", "standalone")
	build := sealed.Thing{Name: "the frontend's build", Key: hash, Paths: []string{folder}, Seal: filepath.Join(folder, ".todo-app-seal")}
	return build.Use(ctx, filepath.Join(a.Cache, "locks"), a.build)
}

func (a *App) build(ctx context.Context) error {
	report.Progress(ctx, "next build")
	build := toolchain.Kept(ctx, a.Cache, a.Root, "next", "package-lock.json", filepath.Join(".next", "cache"), "npm", "run", "build")
	if err := a.Runner.Run(ctx, build.In(a.frontend())); err != nil {
		return fmt.Errorf("building the frontend: %w", err)
	}
	return nil
}

// StartFrontend serves the production build at a port of 127.0.0.1, and waits until it reaches the backend.
func (a *App) StartFrontend(ctx context.Context, port int, backendURL string) (*Server, error) {
	call := runner.Cmd("node", filepath.Join(".next", "standalone", "serve", "start.mjs")).
		WithEnv("NODE_ENV=production", "HOSTNAME=127.0.0.1", "PORT="+strconv.Itoa(port), "KEEP_ALIVE_TIMEOUT=120000")
	s, err := a.startFrontend(port, backendURL, call)
	if err != nil {
		return nil, err
	}
	return s, s.Answers(ctx, "/healthz", StartTime, isOK)
}
