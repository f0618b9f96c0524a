package smoke

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"todo-app/magefiles/internal/runner"
)

// gateway does what the ingress does in a cluster: /api goes to the backend, everything else to the frontend. It listens
// on a free port of the loopback address until it is closed.
func (t Test) gateway(ctx context.Context) (*http.Server, error) {
	backend, err := t.proxy(ctx, "backend", "8000")
	if err != nil {
		return nil, err
	}
	frontend, err := t.proxy(ctx, "frontend", "3000")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", backend)
	mux.Handle("/", frontend)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the gateway: %w", err)
	}
	server := &http.Server{Addr: listener.Addr().String(), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends when it is closed
	return server, nil
}

// proxy leads to a container through the port of this machine that it is published at; the visitor's Host is kept.
func (t Test) proxy(ctx context.Context, name, port string) (http.Handler, error) {
	published, err := t.Runner.Output(ctx, runner.Cmd("docker", "port", t.Name+"-"+name, port+"/tcp"))
	if err != nil {
		return nil, fmt.Errorf("reading where the %s is published (did it end at once?): %w", name, err)
	}
	address, _, _ := strings.Cut(published, "\n")
	target := &url.URL{Scheme: "http", Host: address}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}}, nil
}
