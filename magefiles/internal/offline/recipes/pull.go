package recipes

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// answerTime is how long a registry may take to name an image's layers before it counts as out of reach.
const answerTime = 8 * time.Second

// probe remembers whether a registry answers. The first pull of a run finds out, the others wait for it.
type probe struct {
	turn   chan struct{} // holds one token until the answer is known
	known  chan struct{} // closed then
	once   *sync.Once
	silent *error // why none answers; nil when one does
}

func newProbe() probe {
	p := probe{turn: make(chan struct{}, 1), known: make(chan struct{}), once: new(sync.Once), silent: new(error)}
	p.turn <- struct{}{}
	return p
}

func (p probe) answer(silent error) {
	p.once.Do(func() { *p.silent = silent; close(p.known) })
}

// pull pulls an image, or says at once that it cannot where the first pull of this run has met no registry.
func (s *Supply) pull(ctx context.Context, ref string) error { return s.ask(ctx, s.probe, ref) }

// ask pulls, where p remembers whether the registry in question answers.
func (s *Supply) ask(ctx context.Context, p probe, ref string) error {
	select {
	case <-p.known:
	case <-p.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case <-p.known:
		if *p.silent != nil {
			return *p.silent
		}
	default:
	}
	report.Progress(ctx, "pulling %s", ref)
	err := s.attempt(ctx, p, ref)
	switch {
	case ctx.Err() != nil: // nothing was learnt: the next one asks
		select {
		case p.turn <- struct{}{}:
		default:
		}
		return context.Cause(ctx)
	case err == nil || refused(err):
		p.answer(nil)
	default:
		p.answer(err)
	}
	return err
}

// attempt pulls, and gives up when the registry has not named the image's layers in time. What the engine says is shown to
// nobody: it is one line per layer and change.
func (s *Supply) attempt(ctx context.Context, p probe, ref string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(answerTime, func() { cancel(fmt.Errorf("no registry answers within %s", answerTime)) })
	defer timer.Stop()
	seen := &spot{text: []byte("Pulling from"), found: func() {
		timer.Stop()
		p.answer(nil)
	}}
	err := s.runner.Run(ctx, runner.Cmd("docker", "pull", ref).WithStdout(seen))
	if err != nil && context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	return err
}

// smallest is about the smallest image of the registry that Kubernetes' own images come from: 300 kB.
const smallest = "registry.k8s.io/pause:3.10"

// Silent is why that registry serves no images, those that minikube and its addons need among them; nil where it answers,
// whatever it says.
func (s *Supply) Silent(ctx context.Context) error {
	switch s.mode {
	case Always:
		return errors.New("TODO_REGISTRY_FREE=1 asks none")
	case Never:
		return nil
	}
	select {
	case <-s.kube.known:
	default: // a pull finds out; what it says itself does not matter
		_ = s.ask(ctx, s.kube, smallest)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case *s.kube.silent == nil:
		return nil
	}
	return errors.New(reason(*s.kube.silent))
}

// refused tells whether a registry answered, though not with the image.
func refused(err error) bool {
	text := runner.Output(err)
	for _, answer := range []string{"toomanyrequests", "manifest unknown", "not found: manifest", "pull access denied", "unauthorized"} {
		if strings.Contains(text, answer) {
			return true
		}
	}
	return false
}

// reason is the part of a pull's failure that a user can use.
func reason(err error) string {
	text := runner.Output(err)
	if text == "" {
		return err.Error()
	}
	lines := strings.Split(text, "\n")
	last := strings.TrimPrefix(lines[len(lines)-1], "Error response from daemon: ")
	if i := strings.LastIndex(last, "dial tcp: "); i >= 0 {
		last = "no registry answers: " + last[i+len("dial tcp: "):]
	}
	return last
}

// spot is a writer that calls found the first time that text goes by.
type spot struct {
	text  []byte
	found func()
	seen  []byte
}

var _ io.Writer = (*spot)(nil)

func (s *spot) Write(p []byte) (int, error) {
	if s.found != nil {
		s.seen = append(s.seen, p...)
		if bytes.Contains(s.seen, s.text) {
			s.found()
			s.found, s.seen = nil, nil
		}
	}
	return len(p), nil
}
