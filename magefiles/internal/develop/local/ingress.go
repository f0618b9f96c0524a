package local

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
)

// Ingress passes requests on to the app that is opened at the URL app and answers at address, whether its name resolves
// or not. A write that comes from a page of origins is said to come from the app's own; all others the backend refuses,
// as ever. What gets no answer is told to said.
func Ingress(app, address string, said io.Writer, origins ...string) (http.Handler, error) {
	target, err := url.Parse(app)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	return whole(&httputil.ReverseProxy{
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0), // an answer that nobody reads to its end is no news
		// No connection outlives its request: behind it may be a pod that has gone.
		Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			if slices.Contains(origins, r.In.Header.Get("Origin")) {
				r.Out.Header.Set("Origin", app)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // else nobody waits for it
				fmt.Fprintf(said, "asking the deployed app at %s for %s: %v\n", address, r.URL.Path, err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}), nil
}

// whole has a proxy pass answers on whole, that begin before it has seen the end of the request. Else Go's server closes
// the request's body then, and its client, which looks for that end, the connection: https://github.com/golang/go/issues/40747
func whole(proxy http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 always has it
		proxy.ServeHTTP(w, r)
	})
}
