package appbench

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// manyTodos is how many the account has whose list is asked for.
const manyTodos = 10_000

// The load: a steady one, for latency, and as much as some connections can put on, for throughput. Each comes in
// rounds, whose medians count: a machine that others use, too, is not the same from one minute to the next.
const (
	rounds      = 3
	steadyRate  = 50 // requests a second
	steadyTime  = 8 * time.Second
	fullTime    = 5 * time.Second
	connections = 8
	warmUp      = 2 * time.Second
)

//go:embed peer/peer.py
var peerProgram string

//go:embed peer/requirements.txt
var peerRequirements string

// starting times the backend from its start to its readiness, the median of three.
func (b Bench) starting(ctx context.Context, p *local.Production) ([]row, error) {
	report.Progress(ctx, "starting the backend three times")
	var times []time.Duration
	for range 3 {
		p.App.StopServer(p.Backend)
		start := time.Now()
		if err := p.StartBackend(ctx); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	start := median(times)
	return []row{{"backend, start to ready", seconds(start), "≤ 3 s", within(start.Seconds(), 3)}}, nil
}

// target is what load is put on.
type target struct {
	name, url, header string
	latencies         []time.Duration // the 99th percentile of each round
	throughputs       []float64       // answers a second in each round
}

// load is what vegeta tells of an attack; times in nanoseconds.
type load struct {
	Latencies struct {
		P99 time.Duration `json:"99th"`
	}
	Throughput float64
	Success    float64
	Errors     []string
}

// listing puts the same load on the list of todos and on the peer's list of the same rows in the same database: in
// turns, so that both meet the same machine.
func (b Bench) listing(ctx context.Context, p *local.Production) ([]row, error) {
	report.Progress(ctx, "making %d todos", manyTodos)
	visitor, err := visitorWith(ctx, p, manyTodos)
	if err != nil {
		return nil, err
	}
	peer, token, err := b.startPeer(ctx, p, visitor.id)
	if err != nil {
		return nil, err
	}
	defer p.App.StopServer(peer)
	targets := []*target{
		{name: "todos", url: p.Backend.URL + "/api/todos?limit=50", header: "Cookie: todo_session=" + visitor.cookie},
		{name: "peer", url: peer.URL + "/items/?limit=50", header: "Authorization: Bearer " + token},
	}
	for _, t := range targets {
		if _, err := b.attack(ctx, t, steadyRate, warmUp); err != nil {
			return nil, err
		}
	}
	for range rounds {
		for _, t := range targets {
			if err := b.round(ctx, t); err != nil {
				return nil, err
			}
		}
	}
	memory, err := b.memory(ctx, p.Backend)
	if err != nil {
		return nil, err
	}
	ours, theirs := targets[0], targets[1]
	var ratios []float64
	for i, throughput := range ours.throughputs {
		ratios = append(ratios, throughput/theirs.throughputs[i])
	}
	ratio := median(ratios)
	p99, theirs99 := milliseconds(median(ours.latencies)), milliseconds(median(theirs.latencies))
	perSecond, theirsPerSecond := median(ours.throughputs), median(theirs.throughputs)
	return []row{
		{fmt.Sprintf("list of %d todos at %d/s, p99", manyTodos, steadyRate),
			fmt.Sprintf("%.1f ms (peer %.1f ms)", p99, theirs99), "≤ 25 ms", within(p99, 25)},
		{"list, throughput", fmt.Sprintf("%.0f/s (peer %.0f/s): %.2f×", perSecond, theirsPerSecond, ratio),
			"≥ 2× the peer's", within(2, ratio)},
		{"backend, memory after that", fmt.Sprintf("%.0f MB", memory), "≤ 150 MB", within(memory, 150)},
	}, nil
}

// round puts both kinds of load on a target, and keeps what it saw.
func (b Bench) round(ctx context.Context, t *target) error {
	report.Progress(ctx, "%d requests a second for %s", steadyRate, t.name)
	steady, err := b.attack(ctx, t, steadyRate, steadyTime)
	if err != nil {
		return err
	}
	report.Progress(ctx, "as many requests as %s can answer", t.name)
	full, err := b.attack(ctx, t, 0, fullTime)
	if err != nil {
		return err
	}
	t.latencies = append(t.latencies, steady.Latencies.P99)
	t.throughputs = append(t.throughputs, full.Throughput)
	return nil
}

// median is the middle one of an odd number of values.
func median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// attack puts load on a target: rate requests a second, or with 0 as many as its connections get answered.
func (b Bench) attack(ctx context.Context, t *target, rate int, duration time.Duration) (load, error) {
	results, err := os.CreateTemp("", "todo-app-load-")
	if err != nil {
		return load{}, err
	}
	defer os.Remove(results.Name())
	_ = results.Close()
	most := strconv.Itoa(connections)
	call := runner.Cmd("vegeta", "attack", "-rate", strconv.Itoa(rate), "-duration", duration.String(), "-max-workers", most, "-connections", most,
		"-timeout", "10s", "-header", t.header, "-output", results.Name())
	if err := b.Toolchain.Runner.Run(ctx, call.WithStdin(strings.NewReader("GET "+t.url+"\n"))); err != nil {
		return load{}, fmt.Errorf("putting load on the list of %s: %w", t.name, err)
	}
	var l load
	told := runner.Cmd("vegeta", "report", "-type", "json", results.Name())
	if err := runner.JSON(ctx, b.Toolchain.Runner, told, &l); err != nil {
		return load{}, fmt.Errorf("reading what the load did: %w", err)
	}
	if l.Success < 1 {
		return load{}, fmt.Errorf("putting load on the list of %s: only %.1f %% of the requests were answered: %s",
			t.name, 100*l.Success, strings.Join(l.Errors, ", "))
	}
	return l, nil
}

// startPeer serves an account's todos the way that the peer serves its items, and returns the token of its user.
func (b Bench) startPeer(ctx context.Context, p *local.Production, account string) (*local.Server, string, error) {
	folder := filepath.Join(b.Toolchain.Cache, "peer")
	requirements := filepath.Join(folder, "requirements.txt")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(requirements, []byte(peerRequirements), 0o644); err != nil {
		return nil, "", err
	}
	python, err := b.Toolchain.Environment(ctx, requirements)
	if err != nil {
		return nil, "", err
	}
	port, err := ports.Hold()
	if err != nil {
		return nil, "", err
	}
	url := "http://127.0.0.1:" + strconv.Itoa(port)
	call := runner.Cmd(python, "-c", peerProgram, p.Database.URL, strconv.Itoa(port), account)
	peer, token, err := p.App.StartTelling(ctx, "peer", url, call)
	if err != nil {
		return nil, "", err
	}
	return peer, token, peer.Answers(ctx, "/openapi.json", local.StartTime, func(status int) bool { return status == 200 })
}

// memory is what a server has of it, in megabytes.
func (b Bench) memory(ctx context.Context, s *local.Server) (float64, error) {
	out, err := b.Toolchain.Runner.Output(ctx, runner.Cmd("ps", "-A", "-o", "pgid=,rss="))
	if err != nil {
		return 0, fmt.Errorf("reading the memory of the %s: %w", s.Name, err)
	}
	var kibibytes float64
	for line := range strings.Lines(out) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == strconv.Itoa(s.Process.Pid()) {
			n, _ := strconv.ParseFloat(f[1], 64)
			kibibytes += n
		}
	}
	return kibibytes * 1024 / 1e6, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
func seconds(d time.Duration) string       { return fmt.Sprintf("%.2f s", d.Seconds()) }
