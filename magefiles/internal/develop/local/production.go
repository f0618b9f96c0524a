package local

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
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

// RunProduction builds the frontend where its sources have changed, starts everything with an empty database, and ends it
// when use returns. Its servers log to the file log. use gets a browser, too.
func RunProduction(
	ctx context.Context, tools toolchain.Toolchain, log string, use func(p *Production, browser string) error,
) error {
	python, browser, err := tools.Ensure(ctx)
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "todo-app-database-")
	if err != nil {
		return fmt.Errorf("making a folder for the database: %w", err)
	}
	defer os.RemoveAll(data)
	if err := os.MkdirAll(filepath.Dir(log), 0o755); err != nil {
		return fmt.Errorf("making the folder of the servers' log: %w", err)
	}
	file, err := os.Create(log)
	if err != nil {
		return fmt.Errorf("making the servers' log: %w", err)
	}
	defer file.Close()
	p := &Production{data: data, App: &App{
		Runner: tools.Runner, Root: tools.Root, Cache: tools.Cache, Python: python, Log: func(string) io.Writer { return file },
	}}
	defer p.stop()
	if err := p.start(ctx); err != nil {
		return fmt.Errorf("%w\n(the servers' log is %s)", err, log)
	}
	return use(p, browser)
}

// start starts everything, and serves backend and frontend under one address.
func (p *Production) start(ctx context.Context) error {
	if err := p.App.buildFrontend(ctx); err != nil {
		return err
	}
	report.Progress(ctx, "starting database, backend and frontend")
	if err := p.StartDatabase(ctx); err != nil {
		return err
	}
	var err error
	if p.backendPort, err = ports.Hold(); err != nil {
		return err
	}
	if err := p.StartBackend(ctx); err != nil {
		return err
	}
	port, err := ports.Hold()
	if err != nil {
		return err
	}
	if p.Frontend, err = p.App.startFrontend(ctx, port, p.Backend.URL); err != nil {
		return err
	}
	handler, err := Gateway(p.Backend.URL, p.Frontend.URL, p.App.Log("gateway"))
	if err != nil {
		return err
	}
	if p.gateway, err = Serve(handler); err != nil {
		return err
	}
	p.Port = int(netip.MustParseAddrPort(p.gateway.Addr).Port())
	return nil
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

// stop ends everything and returns when it has ended.
func (p *Production) stop() {
	if p.gateway != nil {
		_ = p.gateway.Close()
	}
	p.App.Stop()
}

// buildFrontend makes the frontend's production build, unless it was made of these very sources.
func (a *App) buildFrontend(ctx context.Context) error {
	hash, err := images.ContentHash(a.Root, "frontend")
	if err != nil {
		return err
	}
	folder := filepath.Join(a.frontend(), ".next", "standalone")
	seal := filepath.Join(folder, ".todo-app-seal")
	build := sealed.Thing{Name: "the frontend's build", Key: hash, Paths: []string{folder}, Seal: seal}
	return build.Use(ctx, filepath.Join(a.Cache, "locks"), func(ctx context.Context) error {
		report.Progress(ctx, "next build")
		cache := filepath.Join(".next", "cache")
		call := toolchain.Kept(ctx, a.Cache, a.Root, "next", "package-lock.json", cache, "npm", "run", "build")
		if err := a.Runner.Run(ctx, call.In(a.frontend())); err != nil {
			return fmt.Errorf("building the frontend: %w", err)
		}
		return nil
	})
}

// startFrontend serves the production build at a port of 127.0.0.1, and waits until it reaches the backend.
func (a *App) startFrontend(ctx context.Context, port int, backendURL string) (*Server, error) {
	call := runner.Cmd("node", filepath.Join(".next", "standalone", "serve", "start.mjs")).
		In(a.frontend()).WithEnv("BACKEND_URL="+backendURL, "NEXT_TELEMETRY_DISABLED=1", "NODE_ENV=production",
		"HOSTNAME=127.0.0.1", "PORT="+strconv.Itoa(port), "KEEP_ALIVE_TIMEOUT=120000")
	return a.serve(ctx, chart.Frontend, port, call, "/healthz", isOK)
}

// Serve serves handler at a free port of 127.0.0.1, which is the server's Addr, until the server is closed.
func Serve(handler http.Handler) (*http.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on 127.0.0.1: %w", err)
	}
	server := &http.Server{Addr: l.Addr().String(), Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // until it is closed
	return server, nil
}

// Gateway routes as the ingress does: /api is the backend's, everything else the frontend's. Answers are passed on as
// they come, so that streams stream. What is not answered whole is told to said.
func Gateway(backend, frontend string, said io.Writer) (http.Handler, error) {
	api, err := url.Parse(backend)
	if err != nil {
		return nil, err
	}
	page, err := url.Parse(frontend)
	if err != nil {
		return nil, err
	}
	return whole(&httputil.ReverseProxy{
		FlushInterval: -1,
		ErrorLog:      log.New(said, "", log.LstdFlags|log.Lmicroseconds),
		Rewrite: func(r *httputil.ProxyRequest) {
			if r.In.URL.Path == "/api" || strings.HasPrefix(r.In.URL.Path, "/api/") {
				r.SetURL(api)
			} else {
				r.SetURL(page)
			}
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
	}), nil
}
