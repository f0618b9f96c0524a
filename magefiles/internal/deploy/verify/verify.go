// Package verify proves that a deployment works, the way a user meets it: through the ingress, by its name.
package verify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

// Journey is a visitor's way through the app.
type Journey struct {
	URL             string // where the app is opened: http://todo.local
	Address         string // host:port that answers for it, so that the name need not resolve yet
	BackendVersion  string // what must be running
	FrontendVersion string

	patience, pace time.Duration                                            // 0 is startup and interval; shorter in tests
	lookup         func(ctx context.Context, host string) ([]string, error) // nil is the system's; replaced in tests
}

const (
	// startup is how long a release whose pods are ready may take to be served, and its page to have what was added.
	startup = 60 * time.Second
	// interval is the time between two looks.
	interval = 200 * time.Millisecond
)

// Run makes the journey: frontend → backend by Service DNS, a todo through /api, the same todo in the page that the
// frontend renders on the server, and the todo deleted again. The note names what was proven.
func (j Journey) Run(ctx context.Context) (string, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	visitor := &visitor{url: j.URL, client: &http.Client{Jar: jar, Timeout: 15 * time.Second, Transport: j.transport()}}
	host, err := j.served(ctx, visitor)
	if err != nil {
		return "", fmt.Errorf("verifying %s: %w", j.URL, err)
	}
	if err := j.todo(ctx, visitor); err != nil {
		return "", fmt.Errorf("verifying %s: %w", j.URL, err)
	}
	return fmt.Sprintf("page, API round trip, frontend → %s by DNS%s", host, j.unresolved(ctx)), nil
}

// transport dials Address whatever the URL's host is.
func (j Journey) transport() http.RoundTripper {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{Proxy: nil, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, j.Address)
	}}
}

// health is the answer of the frontend's /healthz.
type health struct {
	Status  string
	Version string
	Backend struct{ Status, Host, Version, Reason string }
}

// served waits until the ingress leads to the frontend and to the backend: a controller learns of the two one after the
// other. It returns the name by which the frontend reached the backend.
func (j Journey) served(ctx context.Context, v *visitor) (host string, err error) {
	err = j.until(ctx, func() error {
		if host, err = j.frontendToBackend(ctx, v); err == nil {
			err = j.backend(ctx, v)
		}
		if err != nil {
			report.Progress(ctx, "waiting for the ingress: %v", err)
		}
		return err
	})
	return host, err
}

// until asks again and again until there is no error, or startup has passed.
func (j Journey) until(ctx context.Context, ask func() error) error {
	return poll.Until(ctx, cmp.Or(j.pace, interval), cmp.Or(j.patience, startup), ask)
}

// frontendToBackend reads from the frontend how it reached the backend.
func (j Journey) frontendToBackend(ctx context.Context, v *visitor) (string, error) {
	var h health
	body, err := v.do(ctx, "GET", "/healthz", "", http.StatusOK)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal([]byte(body), &h); err != nil {
		return "", fmt.Errorf("GET /healthz answered no JSON: is another server behind %s?", j.Address)
	}
	if h.Version != j.FrontendVersion || h.Backend.Version != j.BackendVersion {
		return "", fmt.Errorf("GET /healthz says that frontend %s and backend %s run, instead of %s and %s",
			h.Version, h.Backend.Version, j.FrontendVersion, j.BackendVersion)
	}
	return h.Backend.Host, nil
}

// backend asks the backend through the ingress which version it is.
func (j Journey) backend(ctx context.Context, v *visitor) error {
	var running struct{ Version string }
	body, err := v.do(ctx, "GET", "/api/version", "", http.StatusOK)
	if err == nil && (json.Unmarshal([]byte(body), &running) != nil || running.Version != j.BackendVersion) {
		err = fmt.Errorf("GET /api/version answered %s instead of the version %s", body, j.BackendVersion)
	}
	return err
}

// todo adds a todo through the API, finds it in the HTML that the server renders for the same visitor, and deletes it.
func (j Journey) todo(ctx context.Context, v *visitor) (err error) {
	title := fmt.Sprintf("verify %x", time.Now().UnixNano())
	body, err := v.do(ctx, "POST", "/api/todos", fmt.Sprintf(`{"title": %q}`, title), http.StatusCreated)
	if err != nil {
		return err
	}
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(body), &made); err != nil || made.ID == "" {
		return fmt.Errorf("POST /api/todos answered no todo with an id: %s", body)
	}
	defer func() {
		if _, gone := v.do(context.WithoutCancel(ctx), "DELETE", "/api/todos/"+made.ID, "", http.StatusNoContent); err == nil {
			err = gone
		}
	}()
	// The frontend gives the backend 5 s and then renders without it, which a machine that does much else may meet.
	return j.until(ctx, func() error {
		page, err := v.do(ctx, "GET", "/", "", http.StatusOK)
		if err != nil {
			return poll.Permanent(err)
		}
		if !strings.Contains(html.UnescapeString(page), title) {
			report.Progress(ctx, "waiting for the page to have the todo that was added")
			return fmt.Errorf("the page of %s lacks the todo %q that was just added through /api: the frontend renders "+
				"without the backend or loses the visitor's cookie", j.URL, title)
		}
		return nil
	})
}

// unresolved says that the name does not lead to the address on this machine yet.
func (j Journey) unresolved(ctx context.Context) string {
	host := strings.TrimPrefix(j.URL, "http://")
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, _, _ := net.SplitHostPort(j.Address)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	lookup := j.lookup
	if lookup == nil {
		lookup = net.DefaultResolver.LookupHost
	}
	found, _ := lookup(ctx, host)
	switch {
	case slices.Contains(found, ip):
		return ""
	case address.UnderLocalhost(host):
		return fmt.Sprintf(" (by address: %s does not resolve to %s here, but browsers know that it does)", host, ip)
	default:
		return fmt.Sprintf(" (by address: %s does not resolve to %s here)", host, ip)
	}
}

// visitor is one browser's session: its client keeps the cookies.
type visitor struct {
	url    string
	client *http.Client
}

// do makes one request and returns its answer's body; an answer with another status than want is an error.
func (v *visitor) do(ctx context.Context, method, path, body string, want int) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, v.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", v.url) // as a browser says it with every write
	}
	res, err := v.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("%s %s got no answer: %w", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	switch {
	case res.StatusCode != want:
		said := ansi.Truncate(strings.Join(strings.Fields(string(text)), " "), 201, "…")
		return "", fmt.Errorf("%s %s answered %d instead of %d: %s", method, path, res.StatusCode, want, said)
	case err != nil:
		return "", fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	return string(text), nil
}
