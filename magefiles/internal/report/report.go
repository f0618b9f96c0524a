// Package report tells the user what happens: one line per step with its time and outcome, live on a terminal and plain
// without one, and a table of all steps at the end. A step travels in the context, so that the code that does the work
// says how far it is with Progress, Info and Warn and needs to know nothing else.
package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"golang.org/x/term"
)

// Reporter prints the steps of one run.
type Reporter struct {
	out  io.Writer
	live bool // a terminal: running steps are redrawn in place

	events *json.Encoder // prints events for programs; nil prints for people

	mu      sync.Mutex
	steps   []*step
	drawn   int // lines of running steps now on the screen
	frame   int
	ticking bool
	aside   int // how many have the terminal to themselves
	secrets *strings.Replacer
	// runnable puts the commands of a text into the form in which they can be run here.
	runnable func(text string) string
}

// step is one step of a run. The reporter's lock guards it.
type step struct {
	reporter *Reporter
	name     string
	start    time.Time
	end      string // done, failed or stopped; "" while it goes on
	took     time.Duration
	note     string // why it did or did not work, or what it is doing now
	evidence string // what was kept for the report of a failure, and not printed
}

// New returns a Reporter on f: live when f is a terminal, plain otherwise.
func New(f *os.File) *Reporter {
	return &Reporter{out: f, live: term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"}
}

// Plain returns a Reporter that prints plain lines to w.
func Plain(w io.Writer) *Reporter { return &Reporter{out: w} }

// Redact keeps the given texts, and no others, out of everything that is printed from now on.
func (r *Reporter) Redact(secrets ...string) {
	longestFirst := func(a, b string) int { return len(b) - len(a) } // one may begin another
	var pairs []string
	for _, secret := range slices.SortedFunc(slices.Values(secrets), longestFirst) {
		if secret != "" {
			pairs = append(pairs, secret, "[redacted]")
		}
	}
	r.update(func() { r.secrets = strings.NewReplacer(pairs...) })
}

// Printable is text as it is printed: see Redact and Commands.
func (r *Reporter) Printable(text string) string {
	if r.runnable != nil {
		text = r.runnable(text)
	}
	if r.secrets != nil {
		text = r.secrets.Replace(text)
	}
	return text
}

// PrintableError is err with a text that is printable, and that tells an interruption as one; nil stays nil.
func (r *Reporter) PrintableError(err error) error {
	if err == nil {
		return nil
	}
	return printable{err, r}
}

type printable struct {
	error
	r *Reporter
}

func (e printable) Error() string {
	if errors.Is(e.error, context.Canceled) {
		return "interrupted; the same command goes on from there"
	}
	return e.r.Printable(e.error.Error())
}
func (e printable) Unwrap() error { return e.error }

// Run runs fn as the step called name and prints how it ended; fn's note says why (`unchanged`, `created in …`). A step
// whose ctx was cancelled from outside was stopped, and has not failed.
func (r *Reporter) Run(ctx context.Context, name string, fn func(context.Context) (string, error)) error {
	s := &step{reporter: r, name: name, start: time.Now()}
	r.update(func() {
		r.steps = append(r.steps, s)
		if r.events != nil {
			r.tell(Event{Event: "started", Step: name}, "")
		}
	})
	note, err := fn(context.WithValue(ctx, stepKey{}, s))
	mark, end := green.Render("✓"), "done"
	switch {
	case err == nil:
	case ctx.Err() != nil:
		mark, end, note = yellow.Render("-"), "stopped", "stopped"
	default:
		mark, end, note = red.Render("✗"), "failed", ""
	}
	r.update(func() {
		s.end, s.took, s.note = end, time.Since(s.start), note
		took := faint.Render(fmt.Sprintf("%6s", Seconds(s.took)))
		e := Event{Event: end, Step: name, Text: note, Seconds: s.took.Seconds()}
		if end == "failed" {
			e.Text = err.Error()
		}
		r.tell(e, fmt.Sprintf(" %s %s%s  %s", mark, pad(s.name), took, note))
	})
	return err
}

type stepKey struct{}

// Progress says what the step of ctx is doing now. On a terminal it takes the place of what was said before.
func Progress(ctx context.Context, format string, args ...any) {
	s, ok := ctx.Value(stepKey{}).(*step)
	if !ok {
		return
	}
	note := fmt.Sprintf(format, args...)
	r := s.reporter
	r.update(func() {
		if s.note == note {
			return
		}
		s.note = note
		if !r.live {
			r.tell(Event{Event: "progress", Step: s.name, Text: note}, "   "+pad(s.name)+note)
		}
	})
}

// Info prints a line of the step of ctx that stays.
func Info(ctx context.Context, format string, args ...any) { say(ctx, "info", "   ", format, args...) }

// Warn prints a warning of the step of ctx.
func Warn(ctx context.Context, format string, args ...any) {
	say(ctx, "warning", " "+yellow.Render("!")+" ", format, args...)
}

func say(ctx context.Context, kind, mark, format string, args ...any) {
	if s, ok := ctx.Value(stepKey{}).(*step); ok {
		text := fmt.Sprintf(format, args...)
		line := mark + pad(s.name) + strings.ReplaceAll(text, "\n", "\n   "+pad(""))
		s.reporter.update(func() { s.reporter.tell(Event{Event: kind, Step: s.name, Text: text}, line) })
	}
}

// Keep keeps what gather returns for the report of a failure. Where no step of a reporter runs, gather is not called.
func Keep(ctx context.Context, gather func() string) {
	if s, ok := ctx.Value(stepKey{}).(*step); ok {
		text := gather()
		s.reporter.update(func() { s.evidence += text })
	}
}

// Aside keeps the running steps off the screen while fn has the terminal to itself, to ask for a password.
func Aside(ctx context.Context, fn func() error) error {
	s, ok := ctx.Value(stepKey{}).(*step)
	if !ok {
		return fn()
	}
	s.reporter.update(func() { s.reporter.aside++ })
	defer s.reporter.update(func() { s.reporter.aside-- })
	return fn()
}

// Print prints text that belongs to no step.
func (r *Reporter) Print(text string) {
	r.update(func() { r.tell(Event{Event: "text", Text: strings.TrimSpace(text)}, text) })
}

var (
	green  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	red    = lipgloss.NewStyle().Foreground(lipgloss.Red)
	yellow = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	faint  = lipgloss.NewStyle().Faint(true)
)

// pad gives step names a column of their own, so that notes line up.
func pad(name string) string { return fmt.Sprintf("%-9s ", name) }

// Seconds writes a duration the way that step lines do: 0.4s, 12.3s, 3m05s.
func Seconds(d time.Duration) string {
	if d.Round(100*time.Millisecond) < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
}

// Table lays rows out under their heads.
func Table(heads []string, rows [][]string) string {
	return table.New().Headers(heads...).Rows(rows...).Border(lipgloss.HiddenBorder()).
		StyleFunc(func(row, _ int) lipgloss.Style {
			if row == table.HeaderRow {
				return faint.PaddingRight(2)
			}
			return lipgloss.NewStyle().PaddingRight(2)
		}).String()
}

// Times is a line with the time of every step, and of all of them from the first one's start: steps overlap.
func (r *Reporter) Times() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var parts []string
	for _, s := range r.steps {
		if s.end == "" { // it goes on, around the others
			continue
		}
		parts = append(parts, s.name+" "+Seconds(s.took))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, " · ") + " · in all " + Seconds(time.Since(r.steps[0].start))
}

// Took is how long a step took that ended well.
type Took struct {
	Step string
	Time time.Duration
	Idle bool // it found nothing to do
}

// Took are the times of the steps that have ended well.
func (r *Reporter) Took() (all []Took) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.steps {
		if s.end == "done" {
			all = append(all, Took{s.name, s.took, strings.HasPrefix(s.note, "unchanged") || s.note == "not needed"})
		}
	}
	return all
}

// Forget forgets the steps that have ended: those to come are of another run.
func (r *Reporter) Forget() {
	r.update(func() { r.steps = slices.DeleteFunc(r.steps, func(s *step) bool { return s.end != "" }) })
}

// Story is a table of the steps so far, in the order in which they began, and what was kept of each. It may hold
// secrets.
func (r *Reporter) Story() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var rows [][]string
	var evidence strings.Builder
	for _, s := range r.steps {
		end, took := s.end, s.took
		if end == "" {
			end, took = "was going on", time.Since(s.start)
		}
		rows = append(rows, []string{s.name, Seconds(took), end, s.note})
		if s.evidence != "" {
			fmt.Fprintf(&evidence, "\n== What the cluster said in the step %s\n\n%s\n", s.name, s.evidence)
		}
	}
	return Table([]string{"step", "time", "end", "note"}, rows) + "\n" + evidence.String()
}
