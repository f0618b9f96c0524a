package plan

import (
	"context"
	"time"
)

// dispatch starts every job that can be started, the most urgent first, and wakes the calls that wait. p.mu is held.
func (p *Plan) dispatch() {
	for lane := range lanes {
		for p.busy(lane) < width[lane] {
			j := p.next(lane)
			if j == nil {
				break
			}
			p.start(j)
		}
	}
	for _, j := range p.jobs {
		for w := range j.wanted {
			select {
			case w.changed <- struct{}{}:
			default:
			}
		}
	}
}

func (p *Plan) start(j *job) {
	var ctx context.Context
	for w := range j.wanted { // any of them: what it says on its way goes to that step
		ctx = w.ctx
		break
	}
	ctx, j.cancel = context.WithCancel(context.WithoutCancel(ctx))
	j.state, j.began = running, time.Now()
	if p.began.IsZero() {
		p.began = j.began
	}
	go p.run(ctx, j)
}

func (p *Plan) busy(lane Lane) int {
	n := 0
	for _, j := range p.jobs {
		if j.Lane == lane && j.state == running {
			n++
		}
	}
	return n
}

// next is the most urgent job of a lane that has all it needs; nil when there is none.
func (p *Plan) next(lane Lane) *job {
	var best *job
	for _, j := range p.jobs {
		if j.Lane != lane || j.state != waiting || !p.supplied(j) {
			continue
		}
		if best == nil || p.urgency(j) > p.urgency(best) || p.urgency(j) == p.urgency(best) && j.Name < best.Name {
			best = j
		}
	}
	return best
}

// supplied tells whether nothing that j needs is still to be made. What failed is never supplied.
func (p *Plan) supplied(j *job) bool {
	for _, n := range j.Needs {
		if need := p.jobs[n]; need != nil && need.state != made {
			return false
		}
	}
	return true
}

// urgency is how long it takes from the start of j to the end of all that waits for it, in and outside the plan.
func (p *Plan) urgency(j *job) time.Duration {
	after := j.Then
	for _, k := range p.jobs {
		if k.state != waiting {
			continue
		}
		for _, n := range k.Needs {
			if n == j.Artifact {
				after = max(after, p.urgency(k))
			}
		}
	}
	return j.Takes + after
}
