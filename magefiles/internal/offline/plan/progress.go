package plan

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// known is the share of a job from which its time so far says how long it takes in all.
const known = 0.1

type jobKey struct{}

// Share tells the plan how far the artifact of ctx is, from 0 to 1. What says nothing is taken to keep to its estimate.
func Share(ctx context.Context, done float64) {
	if made, ok := ctx.Value(jobKey{}).(func(float64)); ok {
		made(done)
	}
}

// status reports whether all jobs of a call are over, and else what is being done for it and how far the whole plan is.
func (p *Plan) status(w *want) (over bool, what, far string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.err != nil {
		return true, "", "", w.err
	}
	over = true
	var now, queued []string
	for _, j := range w.jobs {
		switch j.state {
		case running:
			now = append(now, j.doing()+" "+j.title())
		case waiting:
			queued = append(queued, j.title())
		}
		over = over && j.state == made
	}
	if over {
		return true, "", "", nil
	}
	what = strings.Join(now, ", ")
	if what == "" && len(queued) > 0 {
		what = queued[0] + " waits for its turn"
	}
	return false, what, p.far(time.Now()), nil
}

func (a *Artifact) title() string {
	if a.Why == "" {
		return a.Name
	}
	return a.Name + " for " + a.Why
}

// far returns how far the whole plan is, and about how long it will still take: `4 of 15, 30%, about 7 min left`.
func (p *Plan) far(now time.Time) string {
	pace := p.pace(now)
	var done, all, queue, chain time.Duration
	ended := 0
	for _, j := range p.jobs {
		span, spent := j.span(now, pace), j.spent(now)
		all += span
		done += spent
		if j.state == made {
			ended++
			continue
		}
		if j.Lane == Compile {
			queue += span - spent
		}
		chain = max(chain, span-spent+time.Duration(float64(p.after(j, false))*pace))
	}
	percent := 0
	if all > 0 {
		percent = int(100 * done / all)
	}
	// Compilers take turns, so their times add up; everything else runs beside them.
	return fmt.Sprintf("%d of %d, %d%%, %s left", ended, len(p.jobs), percent, about(max(queue, chain)))
}

// pace is how much longer than estimated this machine compiles, as far as can be told: 1 to begin with.
func (p *Plan) pace(now time.Time) float64 {
	var estimated, real time.Duration
	for _, j := range p.jobs {
		if j.Lane == Compile && (j.state == made || j.state == running && j.share >= known) {
			estimated += j.Takes
			real += j.span(now, 1)
		}
	}
	if estimated < 20*time.Second {
		return 1
	}
	return min(max(float64(real)/float64(estimated), 0.1), 10)
}

// span is how long a job takes in all: what it took, else what its share says, else its estimate. One that takes longer
// than estimated is never quite done.
func (j *job) span(now time.Time, pace float64) time.Duration {
	switch {
	case j.state == made:
		return j.took
	case j.state == running && j.share >= known:
		return time.Duration(float64(now.Sub(j.began)) / min(j.share, 0.99))
	case j.state == running:
		return max(time.Duration(float64(j.Takes)*pace), now.Sub(j.began)*20/19)
	default:
		return time.Duration(float64(j.Takes) * pace)
	}
}

func (j *job) spent(now time.Time) time.Duration {
	switch j.state {
	case made:
		return j.took
	case running:
		return now.Sub(j.began)
	default:
		return 0
	}
}

// about rounds a duration the way people say it.
func about(d time.Duration) string {
	if d < 45*time.Second {
		return "under a minute"
	}
	return fmt.Sprintf("about %d min", int(d.Round(time.Minute).Minutes()))
}
