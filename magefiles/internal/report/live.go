package report

import (
	"fmt"
	"os"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// On a terminal the running steps are the last lines of the screen. Every change takes them away, prints what stays, and
// draws them again; a ticker does the same so that their times move.

const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"

// update makes one change, with the running steps off the screen.
func (r *Reporter) update(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erase()
	change()
	r.draw()
}

// println prints a line that stays; only within update.
func (r *Reporter) println(line string) {
	if r.live {
		_, _ = lipgloss.Fprintln(r.out, line)
		return
	}
	_, _ = fmt.Fprintln(r.out, ansi.Strip(line))
}

func (r *Reporter) erase() {
	if r.drawn > 0 {
		_, _ = fmt.Fprintf(r.out, "\x1b[%dA\x1b[J", r.drawn)
		r.drawn = 0
	}
}

func (r *Reporter) draw() {
	if !r.live {
		return
	}
	width, _, err := term.GetSize(int(r.out.(*os.File).Fd()))
	if err != nil || width < 20 {
		width = 80
	}
	frames := []rune(spinner)
	for _, s := range r.steps {
		if s.State != Running {
			continue
		}
		line := fmt.Sprintf(" %c %s%6s  %s", frames[r.frame%len(frames)], pad(s.Name), Seconds(time.Since(s.Start)), s.Note)
		_, _ = lipgloss.Fprintln(r.out, ansi.Truncate(strings.ReplaceAll(line, "\n", " "), width-1, "…"))
		r.drawn++
	}
	r.tick(r.drawn > 0)
}

// tick starts and stops the ticker that moves the running steps' times.
func (r *Reporter) tick(on bool) {
	if on && r.ticker == nil {
		t := time.NewTicker(200 * time.Millisecond)
		r.ticker = t
		go func() {
			for range t.C {
				r.update(func() { r.frame++ })
			}
		}()
	}
	if !on && r.ticker != nil {
		r.ticker.Stop()
		r.ticker = nil
	}
}
