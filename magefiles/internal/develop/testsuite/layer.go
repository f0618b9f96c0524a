// Package testsuite runs the project's tests in layers, the fast ones first, and sets up what each needs.
package testsuite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Suite is the project's tests.
type Suite struct {
	Runner    runner.Runner
	Report    *report.Reporter
	Root      string // the repository's root
	Cache     string // virtual environments and such, kept between runs
	Artifacts string // where reports and screenshots go
	Match     string // the part of its name, or the pattern, by which tests are chosen; "" is all
	Verbose   bool
	Machine   machine.Machine
	Ready     func(context.Context) error // makes the Docker Engine, helm and kubectl ready, for the layers that need them

	chosen  []string    // the layers of this run
	cluster *sync.Mutex // held while a cluster of the tests runs, where there is no room for two
}

func (s Suite) toolchain() toolchain.Toolchain {
	return toolchain.Toolchain{Runner: s.Runner, Root: s.Root, Cache: s.Cache}
}

// layer is one kind of test.
type layer struct {
	name  string
	group group
	run   func(context.Context, Suite) (Counts, error)
}

// group is the layers that run one after the other. Groups run side by side, as tests of a cluster mostly wait.
type group int

const (
	ofProcesses group = iota
	ofPages
	ofKind
	ofMinikube
	groups int = iota
)

// layers are in the order in which those of one group run: what fails fast comes first.
var layers = []layer{
	{"unit", ofProcesses, unit},
	{"backend", ofProcesses, backend},
	{"frontend", ofPages, frontend},
	{"chart", ofKind, helmChart},
	{onKind, ofKind, endToEnd},
	{"minikube", ofMinikube, onMinikube},
	{longLayer, ofMinikube, long},
}

// onKind is the layer that deploys to a cluster of kind's, whose browser tests no other layer runs again.
const onKind = "e2e"

// longLayer is the layer that runs only when asked for: it kills, breaks and restarts what runs.
const longLayer = "long"

// Names are the layers' names, in order.
func Names() []string {
	var names []string
	for _, l := range layers {
		names = append(names, l.name)
	}
	return names
}

// Counts are the results of one layer's tests.
type Counts struct{ Passed, Failed, Skipped int }

func (c Counts) plus(other Counts) Counts {
	return Counts{c.Passed + other.Passed, c.Failed + other.Failed, c.Skipped + other.Skipped}
}

// add counts a test that ended: "pass", "fail" or "skip".
func (c *Counts) add(result string) {
	switch result {
	case "pass":
		c.Passed++
	case "fail":
		c.Failed++
	case "skip":
		c.Skipped++
	}
}

// String is the closing line that tools read: `12 passed, 0 failed, 1 skipped`.
func (c Counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.Passed, c.Failed, c.Skipped)
}

// Choose parses the value of -only, layer names divided by commas, beside that of -run, a test's name. Without the
// first, it is every layer but the long one, or the long one alone where a test is named.
func Choose(only, run string) ([]string, error) {
	switch {
	case strings.TrimSpace(only) != "":
	case run != "":
		return []string{longLayer}, nil
	default:
		return slices.DeleteFunc(Names(), func(name string) bool { return name == longLayer }), nil
	}
	var chosen []string
	for _, name := range strings.Split(only, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(Names(), name) {
			return nil, fmt.Errorf("choosing test layers: there is no layer %q; -only takes %s, divided by commas", name, strings.Join(Names(), ", "))
		}
		chosen = append(chosen, name)
	}
	return chosen, nil
}

// Run runs the chosen layers, all of them even when one fails, prints the table of their results, and returns an error
// when a test failed or a layer could not run.
func (s Suite) Run(ctx context.Context, chosen []string) error {
	began := time.Now()
	if err := os.MkdirAll(s.Artifacts, 0o755); err != nil {
		return fmt.Errorf("making the folder of the test reports: %w", err)
	}
	results := s.results(ctx, chosen)
	var rows [][]string
	var data []map[string]any
	var total Counts
	var failed []string
	for _, r := range results {
		if r.err != nil {
			failed = append(failed, r.name)
		}
		total = total.plus(r.counts)
		data = append(data, map[string]any{"layer": r.name, "passed": r.counts.Passed, "failed": r.counts.Failed,
			"skipped": r.counts.Skipped, "seconds": r.took.Seconds()})
		rows = append(rows, []string{r.name, strconv.Itoa(r.counts.Passed), strconv.Itoa(r.counts.Failed),
			strconv.Itoa(r.counts.Skipped), report.Seconds(r.took)})
	}
	s.Report.Show("layers", data, report.Table([]string{"layer", "passed", "failed", "skipped", "time"}, rows))
	s.Report.Print("in all " + report.Seconds(time.Since(began)) + leftOut(chosen))
	s.Report.Print(total.String())
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case len(failed) > 0:
		return fmt.Errorf("testing: %s failed; their reports are in %s", strings.Join(failed, ", "), s.Artifacts)
	case total.Passed == 0:
		return errors.New("testing: no test ran")
	}
	return nil
}

// result is how a layer ended.
type result struct {
	name   string
	counts Counts
	took   time.Duration
	err    error
}

// results runs the chosen layers, group beside group, and returns how they ended in the order of layers.
func (s Suite) results(ctx context.Context, chosen []string) []result {
	s.chosen, s.cluster = chosen, new(sync.Mutex)
	ended := make([]result, len(layers))
	var running sync.WaitGroup
	for g := range groups {
		running.Go(func() {
			for i, l := range layers {
				if l.group == group(g) && slices.Contains(chosen, l.name) && ctx.Err() == nil {
					ended[i] = s.result(ctx, l)
				}
			}
		})
	}
	running.Wait()
	return slices.DeleteFunc(ended, func(r result) bool { return r.name == "" })
}

// result runs a layer.
func (s Suite) result(ctx context.Context, l layer) result {
	r, began := result{name: l.name}, time.Now()
	r.err = s.Report.Run(ctx, l.name, func(ctx context.Context) (note string, err error) {
		r.counts, err = l.run(ctx, s)
		return r.counts.String(), err
	})
	r.took = time.Since(began)
	if r.err != nil {
		s.Report.Print(fmt.Sprintf("\n%s: %v\n", l.name, r.err))
		if r.counts.Failed == 0 { // the layer itself failed: it must not look as if its tests had passed
			r.counts.Failed = 1
		}
	}
	return r
}

// leftOut says which layers a run leaves out, and how to run them.
func leftOut(chosen []string) string {
	left := slices.DeleteFunc(Names(), func(name string) bool { return slices.Contains(chosen, name) })
	if len(left) == 0 {
		return ""
	}
	return fmt.Sprintf("; left out: %s (mage test -only=%s)", strings.Join(left, ", "), strings.Join(left, ","))
}
