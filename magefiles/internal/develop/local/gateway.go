package local

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"
)

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
// they come, so that streams stream.
func Gateway(backend, frontend string) (http.Handler, error) {
	api, err := url.Parse(backend)
	if err != nil {
		return nil, err
	}
	page, err := url.Parse(frontend)
	if err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // a server that a test has stopped is no news
		Rewrite: func(r *httputil.ProxyRequest) {
			if r.In.URL.Path == "/api" || strings.HasPrefix(r.In.URL.Path, "/api/") {
				r.SetURL(api)
			} else {
				r.SetURL(page)
			}
			r.Out.Host = r.In.Host
			r.SetXForwarded()
		},
	}, nil
}
