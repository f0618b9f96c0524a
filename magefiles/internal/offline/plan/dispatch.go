package plan

import (
	"context"
	"slices"
	"time"
)

// dispatch starts every job that can be started, the most urgent first, and wakes the calls that wait. p.mu is held.
func (p *Plan) dispatch() {
	for lane := range lanes {
		for p.busy[lane] < width[lane] {
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
	ctx = context.WithValue(ctx, jobKey{}, func(done float64) {
		p.mu.Lock()
		defer p.mu.Unlock()
		j.share = done
	})
	j.state, j.began = running, time.Now()
	p.busy[j.Lane]++
	go p.run(ctx, j)
}

// next returns the job of a lane that goes next: the most urgent one that has all it needs. A compiler rather waits for
// the modules of a more urgent program than to be busy with another one when they come. nil when there is none.
func (p *Plan) next(lane Lane) *job {
	var best *job
	for _, j := range p.jobs {
		if j.Lane != lane || j.state != waiting || !p.supplied(j, lane == Compile) {
			continue
		}
		if best == nil || p.urgency(j) > p.urgency(best) || p.urgency(j) == p.urgency(best) && j.Name < best.Name {
			best = j
		}
	}
	if best == nil || !p.supplied(best, false) {
		return nil
	}
	return best
}

// supplied reports whether all that j needs has been made; with soon, whether downloads are all that it waits for.
func (p *Plan) supplied(j *job, soon bool) bool {
	for _, n := range j.Needs {
		need := p.jobs[n]
		if need == nil || need.state == made || soon && n.Lane == Network && need.state != failed {
			continue
		}
		return false
	}
	return true
}

// urgency returns how long it takes from the start of j to the end of all that waits for it, in and outside the plan.
func (p *Plan) urgency(j *job) time.Duration { return j.Takes + p.after(j, true) }

// after returns how long it takes from the end of j to the end of all that waits for it in the plan, and outside of it.
func (p *Plan) after(j *job, outside bool) time.Duration {
	var longest time.Duration
	if outside {
		longest = j.Then
	}
	for _, k := range p.jobs {
		if k.state == waiting && slices.Contains(k.Needs, j.Artifact) {
			longest = max(longest, k.Takes+p.after(k, outside))
		}
	}
	return longest
}
