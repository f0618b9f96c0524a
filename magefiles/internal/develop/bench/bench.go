// Package bench times `mage deploy` against a shell script that does the same steps by hand, and against Skaffold where
// it is on PATH, on a cluster of its own, and prints all with their ratios: one run, one machine, the same changes.
package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/tree"
)

// byHand is the script to compare with.
//
//go:embed by-hand
var byHand []byte

// skaffoldConfig is what Skaffold works by. It waits for ready pods, and asks the app nothing.
//
//go:embed skaffold.yaml
var skaffoldConfig []byte

// rounds is how often each case is timed; the median counts.
const rounds = 5

// Bench compares on one kind of cluster.
type Bench struct {
	Runner  runner.Runner
	Report  *report.Reporter
	Root    string // the repository's root
	Mage    string // the program of the targets
	Cluster string // kind or minikube
	Profile string // the cluster's name, which nothing else uses

	Skaffold string // the program; "" where there is none
	Kind     string // the same: Skaffold loads images into kind's nodes by it
}

// setting is where they work: each in a namespace of its own, on the same sources, on the same cluster.
type setting struct {
	Bench
	sources string
	script  string
	port    string
	hosts   string
}

// contender is one of them, the project's own first.
type contender struct {
	name   string
	deploy func(context.Context) error
}

// Run makes the cluster, times every case and removes the cluster again.
func (b Bench) Run(ctx context.Context) (err error) {
	if b.Cluster == "kind" && b.Skaffold != "" && b.Kind == "" {
		return errors.New("benchmarking: Skaffold loads images into kind's nodes by the program kind, which is not on PATH\n" +
			"`go build -o kind sigs.k8s.io/kind` makes it here; move it to a folder of PATH")
	}
	s, err := b.prepare(ctx)
	if err != nil {
		return fmt.Errorf("preparing the benchmark: %w", err)
	}
	defer os.RemoveAll(filepath.Dir(s.sources))
	defer func() {
		if ctx.Err() != nil { // mage grants five seconds, which removing a cluster takes longer than
			report.Info(ctx, "the cluster %s stays; the next benchmark removes it, or `TODO_CLUSTER=%s TODO_PROFILE=%s go run . destroy`",
				b.Profile, b.Cluster, b.Profile)
			return
		}
		_ = s.mage(ctx, "destroy")
	}()
	if err := s.mage(ctx, "destroy"); err != nil { // what an interrupted one left
		return fmt.Errorf("removing the cluster of an earlier benchmark: %w", err)
	}
	own := contender{"deploy", func(ctx context.Context) error { return s.mage(ctx, "deploy") }}
	contenders := []contender{own, {"by hand", s.byHand}}
	if b.Skaffold != "" {
		contenders = append(contenders, contender{"skaffold", s.skaffold})
	}
	var results []result
	for i, c := range contenders {
		report.Progress(ctx, "first deployment: %s", c.name)
		where := "first, on a new cluster"
		if i > 0 {
			where = "first, on that cluster"
		}
		first := result{where, make([]time.Duration, len(contenders))}
		if first.took[i], err = timed(ctx, c); err != nil {
			return err
		}
		results = append(results, first)
	}
	for _, c := range cases {
		took, err := s.compare(ctx, c, contenders)
		if err != nil {
			return fmt.Errorf("timing %q: %w", c.name, err)
		}
		r := result{c.name, took}
		results = append(results, r)
		report.Info(ctx, "%s", strings.Join(r.row(), "  ")) // what follows may fail
	}
	report.Progress(ctx, "warm, without a cluster: %s", own.name)
	if err := s.mage(ctx, "destroy"); err != nil {
		return fmt.Errorf("removing the cluster to deploy anew: %w", err)
	}
	warm := result{"warm, without a cluster", make([]time.Duration, len(contenders))}
	if warm.took[0], err = timed(ctx, own); err != nil {
		return err
	}
	return b.show(ctx, contenders, append(results, warm))
}

// result is a case's times, one of each contender; 0 of one that was not timed.
type result struct {
	name string
	took []time.Duration
}

// show prints the results, and draws those of all contenders into docs.
func (b Bench) show(ctx context.Context, contenders []contender, results []result) error {
	var names []string
	for _, c := range contenders {
		names = append(names, c.name)
	}
	title := fmt.Sprintf("%s, median of %d", b.Cluster, rounds)
	head := []string{title, names[0]}
	for _, name := range names[1:] {
		head = append(head, name, "ratio")
	}
	var rows [][]string
	for _, r := range results {
		rows = append(rows, r.row())
	}
	b.Report.Print(report.Table(head, rows))
	compared := slices.DeleteFunc(results, func(r result) bool { return slices.Contains(r.took, 0) })
	plot := filepath.Join(b.Root, "docs", "bench-"+b.Cluster+".svg")
	if err := os.WriteFile(plot, draw("Seconds on "+title, names, compared), 0o644); err != nil {
		return fmt.Errorf("drawing the results: %w", err)
	}
	report.Info(ctx, "drawn in %s", plot)
	return nil
}

// row is its line of the table: the times, and how often the project's own fits into each other one.
func (r result) row() []string {
	cells := []string{r.name}
	for i, took := range r.took {
		cell, ratio := "", ""
		if took > 0 {
			cell = report.Seconds(took)
		}
		if took > 0 && r.took[0] > 0 {
			ratio = fmt.Sprintf("%.1f×", took.Seconds()/r.took[0].Seconds())
		}
		if cells = append(cells, cell); i > 0 {
			cells = append(cells, ratio)
		}
	}
	return cells
}

// compare times one case: every deployment has a change of its own, so that neither builds on what the other has built,
// and they take turns in going first.
func (s setting) compare(ctx context.Context, c change, contenders []contender) ([]time.Duration, error) {
	times := make([][]time.Duration, len(contenders))
	for round := range rounds {
		for turn := range contenders {
			i := (turn + round) % len(contenders)
			report.Progress(ctx, "%s, round %d of %d: %s", c.name, round+1, rounds, contenders[i].name)
			if err := c.make(s.sources, round*len(contenders)+i); err != nil {
				return nil, err
			}
			took, err := timed(ctx, contenders[i])
			if err != nil {
				return nil, err
			}
			times[i] = append(times[i], took)
		}
	}
	medians := make([]time.Duration, len(contenders))
	for i := range contenders {
		slices.Sort(times[i])
		medians[i] = times[i][rounds/2]
	}
	return medians, nil
}

func timed(ctx context.Context, c contender) (time.Duration, error) {
	start := time.Now()
	if err := c.deploy(ctx); err != nil {
		return 0, fmt.Errorf("deploying (%s): %w", c.name, err)
	}
	return time.Since(start), nil
}

// prepare copies the sources, so that they can be changed, and takes a port.
func (b Bench) prepare(ctx context.Context) (setting, error) {
	folder, err := os.MkdirTemp("", "todo-app-bench-")
	if err != nil {
		return setting{}, err
	}
	s := setting{Bench: b, sources: filepath.Join(folder, "sources"), script: filepath.Join(folder, "by-hand"), hosts: filepath.Join(folder, "hosts")}
	list, err := b.Runner.Output(ctx, runner.Cmd("git", "ls-files", "-z").In(b.Root))
	if err != nil {
		return setting{}, err
	}
	for _, name := range strings.Split(strings.TrimRight(list, "\x00"), "\x00") {
		if err := tree.CopyFile(filepath.Join(b.Root, name), filepath.Join(s.sources, name)); err != nil {
			return setting{}, err
		}
	}
	port, err := ports.Hold()
	if err != nil {
		return setting{}, err
	}
	s.port = strconv.Itoa(port)
	return s, errors.Join(os.WriteFile(s.script, byHand, 0o755), os.WriteFile(s.hosts, nil, 0o644),
		os.WriteFile(filepath.Join(s.sources, "skaffold.yaml"), skaffoldConfig, 0o644))
}

// mage runs a target on the copy.
func (s setting) mage(ctx context.Context, target string) error {
	return s.Runner.Run(ctx, runner.Cmd(s.Mage, target).In(s.sources).WithEnv("TODO_CLUSTER="+s.Cluster, "TODO_PROFILE="+s.Profile,
		"TODO_NAMESPACE=bench-mage", "TODO_HOST=mage.todo.local", "TODO_HTTP_PORT="+s.port, "TODO_HOSTS_FILE="+s.hosts,
		"DATABASE_URL=", "DIRECT_DATABASE_URL=", "MAGEFILE_VERBOSE="))
}

// byHand runs the script on the copy.
func (s setting) byHand(ctx context.Context) error {
	return s.Runner.Run(ctx, runner.Cmd(s.script).In(s.sources).WithEnv("CLUSTER="+s.Cluster, "PROFILE="+s.Profile,
		"NAMESPACE=bench-hand", "HOST=hand.todo.local", "PORT="+s.port))
}

// skaffold runs Skaffold on the copy.
func (s setting) skaffold(ctx context.Context) error {
	kubeContext := s.Profile
	if s.Cluster == "kind" {
		kubeContext = "kind-" + s.Profile
	}
	return s.Runner.Run(ctx, runner.Cmd(s.Skaffold, "run", "--kube-context", kubeContext).In(s.sources).
		WithEnv("DOCKER_BUILDKIT=1", "SKAFFOLD_INTERACTIVE=false", "SKAFFOLD_UPDATE_CHECK=false", "COLLECT_METRICS=false"))
}

// change is a case: what a developer has changed since the last deployment.
type change struct {
	name string
	make func(sources string, n int) error // another change for every n
}

var cases = []change{
	{"nothing changed", func(string, int) error { return nil }},
	{"one backend line changed", func(sources string, n int) error {
		return appendTo(filepath.Join(sources, "backend", "app", "main.py"), fmt.Sprintf("# change %d\n", n))
	}},
	{"one frontend line changed", func(sources string, n int) error {
		return appendTo(filepath.Join(sources, "frontend", "app", "globals.css"), fmt.Sprintf("/* change %d */\n", n))
	}},
	{"one chart value changed", func(sources string, n int) error {
		return requestMemory(filepath.Join(chart.Folder(sources), "values.yaml"), 129+n)
	}},
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("changing a source: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// requestMemory changes what the backend asks for in a file of values: mebibytes.
func requestMemory(file string, mebibytes int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("changing a value: %w", err)
	}
	at := memoryRequest.FindIndex(text) // the backend's is the first
	if at == nil {
		return fmt.Errorf("changing a value: %s has no memory request to change", file)
	}
	request := fmt.Appendf(nil, "requests: {cpu: 50m, memory: %dMi", mebibytes)
	return os.WriteFile(file, slices.Concat(text[:at[0]], request, text[at[1]:]), 0o644)
}

var memoryRequest = regexp.MustCompile(`requests: \{cpu: 50m, memory: \d+Mi`)
