package plan

import (
	"fmt"
	"strings"
	"time"
)

// look tells whether all jobs of a call are over, and else what is being done for it and how far the whole plan is.
func (p *Plan) look(w *want) (over bool, note string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.err != nil {
		return true, "", w.err
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
		return true, "", nil
	}
	what := strings.Join(now, ", ")
	if what == "" && len(queued) > 0 {
		what = "waiting to build " + queued[0]
	}
	return false, what + " · " + p.far(time.Now()), nil
}

func (a *Artifact) title() string {
	if a.Why == "" {
		return a.Name
	}
	return a.Name + " for " + a.Why
}

// far is how far the whole plan is: `4 of 15, 30%, about 7 min left`. The share is one of estimated time, in steps of
// five so that plain output stays short.
func (p *Plan) far(now time.Time) string {
	var done, all, queue, chain time.Duration
	ended := 0
	for _, j := range p.jobs {
		left := j.left(now)
		all += j.Takes
		done += j.Takes - left
		if j.state == made {
			ended++
		}
		if j.Lane == Compile {
			queue += left
		}
		if j.state == waiting || j.state == running {
			chain = max(chain, left+p.urgency(j)-j.Takes-j.Then)
		}
	}
	percent := 0
	if all > 0 {
		percent = int(100*done/all) / 5 * 5
	}
	// Compilers share the cores, so their times add up; everything else runs beside them.
	return fmt.Sprintf("%d of %d, %d%%, %s left", ended, len(p.jobs), percent, about(p.paced(max(queue, chain), done, now)))
}

// left is how much of a job's estimate is still to come. A job that takes longer than estimated is never quite done.
func (j *job) left(now time.Time) time.Duration {
	switch j.state {
	case made:
		return 0
	case running:
		return max(j.Takes-now.Sub(j.began), j.Takes/20)
	default:
		return j.Takes
	}
}

// paced stretches an estimate by how this machine has kept to the estimates so far, once that says something.
func (p *Plan) paced(left, done time.Duration, now time.Time) time.Duration {
	spent := now.Sub(p.began)
	if done < 30*time.Second || p.began.IsZero() {
		return left
	}
	pace := min(max(float64(spent)/float64(done), 0.5), 3)
	return time.Duration(float64(left) * pace)
}

// about rounds a duration the way people say it.
func about(d time.Duration) string {
	switch {
	case d < 45*time.Second:
		return "under a minute"
	default:
		return fmt.Sprintf("about %d min", int(d.Round(time.Minute).Minutes()))
	}
}
