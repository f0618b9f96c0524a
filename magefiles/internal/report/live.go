package report

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"
)

// On a terminal the running steps are the last lines of the screen. Every change takes them away, prints what stays,
// and draws them again; a ticker does the same so that their times move.

const spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"

// update makes one change, with the running steps off the screen.
func (r *Reporter) update(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.erase()
	change()
	r.draw()
}

// ErrNobody is why nothing can be asked: there is no terminal, and so nobody to answer.
var ErrNobody = errors.New("there is no terminal to ask on")

// Ask asks the user for one line. Everything else that would be printed waits for the answer.
func (r *Reporter) Ask(ctx context.Context, in *os.File, question string) (string, error) {
	if !r.live || !term.IsTerminal(int(in.Fd())) {
		return "", ErrNobody
	}
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n') // the end of the input is an empty answer
		answer <- strings.TrimSpace(line)
	}()
	var line string
	r.update(func() {
		_, _ = fmt.Fprint(r.out, question+" ")
		select {
		case line = <-answer:
		case <-ctx.Done():
			_, _ = fmt.Fprintln(r.out)
		}
	})
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return line, nil
}

// println prints a line that stays; only within update.
func (r *Reporter) println(line string) {
	line = r.Printable(line)
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
	running := slices.DeleteFunc(slices.Clone(r.steps), func(s *step) bool { return s.end != "" })
	if !r.live || r.aside > 0 || len(running) == 0 {
		return
	}
	width, _, err := term.GetSize(int(r.out.(*os.File).Fd()))
	if err != nil || width < 20 {
		width = 80
	}
	frames := []rune(spinner)
	for _, s := range running {
		took := Seconds(time.Since(s.start))
		line := fmt.Sprintf(" %c %s%6s  %s", frames[r.frame%len(frames)], pad(s.name), took, s.note)
		_, _ = lipgloss.Fprintln(r.out, ansi.Truncate(strings.ReplaceAll(r.Printable(line), "\n", " "), width-1, "…"))
		r.drawn++
	}
	if r.drawn > 0 && !r.ticking {
		r.ticking = true
		go r.tick()
	}
}

// tick moves the running steps' times, for as long as the process lives.
func (r *Reporter) tick() {
	for range time.Tick(200 * time.Millisecond) {
		r.update(func() { r.frame++ })
	}
}
