package address

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

// prober asks candidates whether they answer.
type prober struct {
	host     string // the app's name, which the ingress routes by
	app      App
	patience time.Duration // how long a controller whose pod is ready may take to answer; 0 asks each candidate once

	timeout, headStart, pace time.Duration // 0 is the constants below; shorter in tests
}

const (
	// timeout is how long an answer may take: an address that leads nowhere often gives none at all. Each round without
	// an answer doubles it, up to the longest, as a machine that does much else answers late.
	timeout, longest = 3 * time.Second, 24 * time.Second
	// headStart is how long a candidate that has answered waits for the ones before it.
	headStart = 300 * time.Millisecond
	// pace is the time between two probes.
	pace = 300 * time.Millisecond
	// forwardStart is how long a port-forward may take to begin.
	forwardStart = 15 * time.Second
)

// App is what shall be found.
type App interface {
	// Pods returns the UIDs of the pods that serve its pages.
	Pods(ctx context.Context) ([]string, error)
}

// path is where the app says which of its pods answers, without asking its backend or its database.
const path = "/livez"

// find returns the first candidate that answers. All that answer by themselves are asked at the same time; those that
// need a program are started only when none of the others does, one after the other, and stopped again: use Hold.
func (p prober) find(ctx context.Context, candidates []Candidate) (Candidate, error) {
	lasting, found := Lasting(candidates), -1
	reasons := make([]error, len(lasting))
	if len(lasting) > 0 {
		p.timeout = cmp.Or(p.timeout, timeout)
		_ = poll.Until(ctx, cmp.Or(p.pace, pace), max(p.patience, 1), func() error {
			if found, reasons = p.probe(ctx, lasting); found < 0 {
				report.Progress(ctx, "waiting for the app to answer")
				if p.timeout < longest {
					p.timeout *= 2
				}
				return errors.New("no answer")
			}
			return nil
		})
	}
	switch {
	case found >= 0:
		return lasting[found], nil
	case ctx.Err() != nil:
		return Candidate{}, context.Cause(ctx)
	}
	served := slices.DeleteFunc(slices.Clone(candidates), Candidate.lasts)
	for i, c := range served {
		var err error
		if c.late != nil {
			if c, err = c.late(ctx); err == nil {
				served[i] = c
			}
		}
		if err == nil {
			report.Progress(ctx, "trying %s", c.Command)
			err = c.Hold(ctx, func(ctx context.Context) error { return p.wait(ctx, c) })
		}
		switch {
		case err == nil:
			return c, nil
		case ctx.Err() != nil:
			return Candidate{}, context.Cause(ctx)
		}
		reasons = append(reasons, err)
	}
	return Candidate{}, noAnswer(append(lasting, served...), reasons)
}

// probe asks all candidates at once and returns the first in their order that answers, -1 for none, and the others'
// errors.
func (p prober) probe(ctx context.Context, candidates []Candidate) (found int, reasons []error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pods := sync.OnceValues(func() ([]string, error) { return p.app.Pods(ctx) })
	reasons = make([]error, len(candidates))
	var asked sync.WaitGroup
	for i, c := range candidates {
		asked.Go(func() {
			if reasons[i] = p.ask(ctx, c, pods); reasons[i] != nil {
				return
			}
			if i == 0 {
				cancel()
			}
			time.AfterFunc(cmp.Or(p.headStart, headStart), cancel)
		})
	}
	asked.Wait()
	return slices.Index(reasons, nil), reasons
}

// ask makes one request, which one of the app's pods has to answer: at the same port of this machine there may be
// another cluster with an app of the same name.
func (p prober) ask(ctx context.Context, c Candidate, pods func() ([]string, error)) error {
	limit := cmp.Or(p.timeout, timeout)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %s", limit))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", "http://"+c.Address+path, nil)
	if err != nil {
		return err
	}
	req.Host = p.host
	transport := &http.Transport{Proxy: nil, DisableKeepAlives: true}
	res, err := transport.RoundTrip(req)
	if err == nil {
		defer res.Body.Close()
		err = checkPod(res, pods)
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// checkPod returns an error unless the answer is one of the app's pods'.
func checkPod(res *http.Response, pods func() ([]string, error)) error {
	var answer struct{ Pod string }
	if json.NewDecoder(res.Body).Decode(&answer) != nil || answer.Pod == "" {
		return fmt.Errorf("what answers (%s) is not this app", res.Status)
	}
	all, err := pods()
	if err == nil && !slices.Contains(all, answer.Pod) {
		err = errors.New("the app of another cluster or namespace answers")
	}
	return err
}

// wait asks c until it answers, or the port-forward ends: then it returns why.
func (p prober) wait(ctx context.Context, c Candidate) error {
	return poll.Until(ctx, cmp.Or(p.pace, pace), max(p.patience, forwardStart), func() error {
		return p.ask(ctx, c, func() ([]string, error) { return p.app.Pods(ctx) })
	})
}

// noAnswer is the error when no candidate answers: each with what happened and what mends it.
func noAnswer(candidates []Candidate, reasons []error) error {
	if len(candidates) == 0 {
		return errors.New("looking where the app answers: the cluster has no address that this machine can reach; a " +
			"name under localhost needs one of loopback, so set TODO_HOST to another")
	}
	text := "looking where the app answers: it does not at"
	for i, c := range candidates {
		text += fmt.Sprintf("\n  the %s %s: %v", c.Label, c.Address, reasons[i])
		if c.Mend != "" {
			text += "; " + c.Mend
		}
	}
	return errors.New(text)
}
