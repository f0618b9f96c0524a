package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
)

// Plan makes artifacts. Its Make may be called by several steps at once: each artifact is made once, for all of them.
type Plan struct {
	locks string // folder of the files that keep two processes from making the same thing at once

	mu   sync.Mutex
	jobs map[*Artifact]*job // all that was ever missing in this run
	busy [lanes]int         // how many jobs of each lane run
}

// New returns a Plan whose lock files are in the folder locks.
func New(locks string) *Plan { return &Plan{locks: locks, jobs: map[*Artifact]*job{}} }

type state int

const (
	waiting state = iota
	running
	made
	failed
)

// job is an artifact that was missing when somebody asked for it.
type job struct {
	*Artifact
	state  state
	began  time.Time
	took   time.Duration  // when made
	share  float64        // how far it says it is
	wanted map[*want]bool // the calls of Make that it is made for; with the last of them it is cancelled
	cancel context.CancelFunc
	ended  chan struct{} // closed when it has run
}

// want is one call of Make.
type want struct {
	ctx     context.Context
	jobs    []*job
	err     error         // the first failure among its jobs
	changed chan struct{} // has room for one signal: something began or ended
}

// repeat is how often the progress is told while the same things are being made.
const repeat = 20 * time.Second

// Make makes the goals and what they need, unless they are ready. Nothing that was made for it alone runs after it.
func (p *Plan) Make(ctx context.Context, goals ...*Artifact) error {
	missing, err := p.missing(ctx, goals)
	if err != nil || len(missing) == 0 {
		return err
	}
	w := p.join(ctx, missing)
	defer p.leave(w)
	clock := time.NewTicker(repeat)
	defer clock.Stop()
	for said := ""; ; {
		over, what, far, err := p.status(w)
		if over {
			return err
		}
		if what != said {
			report.Progress(ctx, "%s · %s", what, far)
			said = what
		}
		select {
		case <-w.changed:
		case <-clock.C:
			said = ""
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// missing lists the goals and their needs that are not ready, needs first.
func (p *Plan) missing(ctx context.Context, goals []*Artifact) ([]*Artifact, error) {
	var list []*Artifact
	seen := map[*Artifact]bool{}
	var visit func(*Artifact) error
	visit = func(a *Artifact) error {
		if seen[a] {
			return nil
		}
		seen[a] = true
		if !p.active(a) {
			ready, err := a.Ready(ctx)
			if err != nil {
				return fmt.Errorf("looking for %s: %w", a.Name, err)
			}
			if ready {
				return nil
			}
		}
		for _, n := range a.Needs {
			if err := visit(n); err != nil {
				return err
			}
		}
		list = append(list, a)
		return nil
	}
	for _, g := range goals {
		if err := visit(g); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// active reports whether a is being made, or about to be.
func (p *Plan) active(a *Artifact) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	j := p.jobs[a]
	return j != nil && (j.state == waiting || j.state == running)
}

// join adds a call that waits for the missing artifacts, and starts what can be started.
func (p *Plan) join(ctx context.Context, missing []*Artifact) *want {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := &want{ctx: ctx, changed: make(chan struct{}, 1)}
	for _, a := range missing {
		j := p.jobs[a]
		if j == nil || j.state == made || j.state == failed { // made, yet missing again: removed meanwhile
			j = &job{Artifact: a, wanted: map[*want]bool{}, ended: make(chan struct{})}
			p.jobs[a] = j
		}
		j.wanted[w] = true
		w.jobs = append(w.jobs, j)
	}
	p.dispatch()
	return w
}

// leave drops w's interest in its jobs: those that nobody else wants are cancelled, and have ended when it returns.
func (p *Plan) leave(w *want) {
	p.mu.Lock()
	var ending []*job
	for _, j := range w.jobs {
		delete(j.wanted, w)
		if len(j.wanted) > 0 {
			continue
		}
		if j.state == running {
			j.cancel()
			ending = append(ending, j)
		}
		if j.state != made && p.jobs[j.Artifact] == j { // whoever asks for it again begins anew
			delete(p.jobs, j.Artifact)
		}
	}
	p.dispatch()
	p.mu.Unlock()
	for _, j := range ending {
		<-j.ended
	}
}

// run makes one artifact and then starts what waited for it. Its context is cancelled by leave only, not with the call
// that happened to come first: others may wait for it, too.
func (p *Plan) run(ctx context.Context, j *job) {
	err := p.make(ctx, j)
	if err == nil {
		err = context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy[j.Lane]--
	j.state, j.took = made, time.Since(j.began)
	if err != nil {
		j.state = failed
		for w := range j.wanted {
			w.err = errors.Join(w.err, fmt.Errorf("%s %s: %w", j.doing(), j.Name, err))
		}
	}
	close(j.ended)
	p.dispatch()
}

// make makes an artifact while no other process does, unless one has made it meanwhile.
func (p *Plan) make(ctx context.Context, j *job) error {
	path := filepath.Join(p.locks, unsafe.ReplaceAllString(j.Name, "-")+".lock")
	unlock, err := lock.Wait(ctx, path, func() {
		report.Info(ctx, "%s is being made by another run; waiting for it", j.Name)
	})
	if err != nil {
		return err
	}
	defer unlock()
	if ready, err := j.Ready(ctx); err != nil || ready {
		return err
	}
	return j.Make(ctx)
}

// unsafe is what has no place in a file name.
var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

func (a *Artifact) doing() string { return cmp.Or(a.Doing, "building") }
