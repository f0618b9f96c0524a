package appbench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// shortList is how many todos the account has whose page is made as often as possible.
const shortList = 60

// cost compares what the list's page costs a server with what a plain page of the same rows does, which is the peer:
// both are asked as often as they can answer, in turns, so that both meet the same machine.
func (b Bench) cost(ctx context.Context, p *local.Production) ([]row, error) {
	report.Progress(ctx, "making %d todos", shortList)
	cookie, err := visitorWithFacts(ctx, p.Backend.URL, shortList)
	if err != nil {
		return nil, err
	}
	peer, err := b.startPlainPage(ctx, p)
	if err != nil {
		return nil, err
	}
	defer p.App.StopServer(peer)
	ours := &target{name: "the page", url: p.Frontend.URL + "/", header: "Cookie: " + cookie}
	plain := &target{name: "the plain page", url: peer.URL + "/", header: "Cookie: " + cookie}
	for _, t := range []*target{ours, plain} {
		report.Progress(ctx, "warming up %s", t.name)
		if _, err := b.attack(ctx, t, 0, 2*fullTime); err != nil {
			return nil, err
		}
	}
	var ratios []float64
	for range rounds {
		for _, t := range []*target{ours, plain} {
			report.Progress(ctx, "%s with %d todos, as often as it can be made", t.name, shortList)
			l, err := b.attack(ctx, t, 0, fullTime)
			if err != nil {
				return nil, err
			}
			t.throughputs = append(t.throughputs, l.Throughput)
		}
		last := len(ratios)
		ratios = append(ratios, ours.throughputs[last]/plain.throughputs[last])
	}
	own, err := ownScripts(ctx, p.Frontend.URL, peer.URL)
	return []row{costRow(median(ours.throughputs), median(plain.throughputs), median(ratios)), own}, err
}

// costRow is the line of the table for pages a second and their ratio.
func costRow(ours, plain, ratio float64) row {
	verdict := "missed"
	if ratio >= 0.6 {
		verdict = "✓"
	}
	return row{fmt.Sprintf("page of %d todos, throughput", shortList),
		fmt.Sprintf("%.0f/s (plain page %.0f/s): %.2f×", ours, plain, ratio), "≥ 0.6× the plain page's", verdict}
}

// startPlainPage builds frontend/tests/bench/peer with the frontend's own packages, and serves it.
func (b Bench) startPlainPage(ctx context.Context, p *local.Production) (*local.Server, error) {
	report.Progress(ctx, "building the plain page")
	frontend := filepath.Join(b.Toolchain.Root, "frontend")
	place := filepath.Join("tests", "bench", "peer")
	next := filepath.Join(frontend, "node_modules", "next", "dist", "bin", "next")
	build := runner.Cmd("node", next, "build").In(filepath.Join(frontend, place)).WithEnv("NEXT_TELEMETRY_DISABLED=1")
	if err := b.Toolchain.Runner.Run(ctx, build); err != nil {
		return nil, fmt.Errorf("building the plain page to compare with: %w", err)
	}
	port, err := ports.Hold()
	if err != nil {
		return nil, err
	}
	served := filepath.Join(frontend, place, ".next", "standalone", place)
	// A standalone build leaves out what browsers fetch.
	static := os.DirFS(filepath.Join(frontend, place, ".next", "static"))
	copied := filepath.Join(served, ".next", "static")
	if err := errors.Join(os.RemoveAll(copied), os.CopyFS(copied, static)); err != nil {
		return nil, fmt.Errorf("copying the plain page's scripts: %w", err)
	}
	call := runner.Cmd("node", "server.js").In(served).WithEnv("NODE_ENV=production", "HOSTNAME=127.0.0.1",
		"PORT="+strconv.Itoa(port), "KEEP_ALIVE_TIMEOUT=120000", "BACKEND_URL="+p.Backend.URL)
	s, err := p.App.Start("plain page", "http://127.0.0.1:"+strconv.Itoa(port), call)
	if err != nil {
		return nil, err
	}
	return s, s.Answers(ctx, "/", local.StartTime, func(status int) bool { return status == http.StatusOK })
}

// visitorWithFacts makes a visitor whose n todos have due dates, tags, priorities, repeats and notes as lists do, and
// returns the session's cookie.
func visitorWithFacts(ctx context.Context, backend string, n int) (cookie string, err error) {
	for i := range n {
		body, err := json.Marshal(todoWithFacts(i))
		if err != nil {
			return "", err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, backend+"/api/todos", bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Cookie", cookie)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", fmt.Errorf("making a todo: %w", err)
		}
		text, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusCreated {
			return "", fmt.Errorf("making a todo: %s %s", answer.Status, text)
		}
		for _, c := range answer.Cookies() {
			cookie = c.Name + "=" + c.Value
		}
	}
	return cookie, nil
}

// todoWithFacts is the i-th of them, as the API takes it.
func todoWithFacts(i int) map[string]any {
	todo := map[string]any{"title": fmt.Sprintf("Call the dentist about appointment %d", i+1)}
	if i%2 == 0 {
		due := map[string]any{"date": time.Now().AddDate(0, 0, i-8).Format(time.DateOnly), "zone": "Europe/Berlin"}
		if i%4 == 0 {
			due["time"] = "09:30"
		}
		todo["due"] = due
	}
	if i%3 == 0 {
		todo["tags"] = []string{"home"}
	}
	if i%5 == 0 {
		todo["priority"] = "high"
	}
	if i%6 == 0 {
		todo["repeat"] = "weekly"
	}
	if i%8 == 0 {
		todo["description"] = "Ask for the receipt, and put it where the others are."
	}
	return todo
}
