package recipes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// answerTime is how long a registry may take to name an image's layers before it counts as out of reach.
const answerTime = 8 * time.Second

// registry remembers whether a registry answers. The first pull of a run finds out, and the others wait for it.
type registry struct {
	mu     sync.Mutex // held by the pull that finds out, until it has
	known  bool
	silent error // why the registry does not answer, once known; nil where it does
}

// state returns what is known, after the pull that is finding out.
func (r *registry) state() (known bool, silent error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known, r.silent
}

// pull pulls an image, or returns at once why it cannot where an earlier pull of this run has met no registry.
func (s *Supply) pull(ctx context.Context, r *registry, ref string) error {
	r.mu.Lock()
	if r.known {
		silent := r.silent
		r.mu.Unlock()
		if silent != nil {
			return silent
		}
		return s.attempt(ctx, ref, func() {})
	}
	var once sync.Once
	settle := func(known bool, silent error) {
		once.Do(func() {
			r.known, r.silent = known, silent
			r.mu.Unlock()
		})
	}
	err := s.attempt(ctx, ref, func() { settle(true, nil) })
	switch {
	case ctx.Err() != nil: // the next one asks
		settle(false, nil)
		return context.Cause(ctx)
	case refused(err):
		settle(true, nil)
	default:
		settle(true, err)
	}
	return err
}

// attempt pulls an image, calls answered when the registry has named its layers, and gives up when it does not do so in
// time. What the engine prints is shown to nobody: it is a line for each layer and change.
func (s *Supply) attempt(ctx context.Context, ref string, answered func()) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	report.Progress(ctx, "pulling %s", ref)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(answerTime, func() { cancel(fmt.Errorf("no registry answers within %s", answerTime)) })
	defer timer.Stop()
	layers := lines.To(func(line string) {
		if strings.Contains(line, "Pulling from") {
			timer.Stop()
			answered()
		}
	})
	err := s.runner.Run(ctx, runner.Cmd("docker", "pull", ref).WithStdout(layers))
	if err != nil && context.Cause(ctx) != nil {
		return context.Cause(ctx)
	}
	return err
}

// smallest is about the smallest image of the registry that Kubernetes' own images come from: 300 kB.
const smallest = "registry.k8s.io/pause:3.10"

// CheckRegistry returns why the registry of Kubernetes' images, which minikube and its addons need, does not answer;
// nil where it does, even with a refusal.
func (s *Supply) CheckRegistry(ctx context.Context) error {
	switch s.mode {
	case Always:
		return errors.New("TODO_REGISTRY_FREE=1 asks none")
	case Never:
		return nil
	}
	known, silent := s.kubernetesRegistry.state()
	if !known { // a pull finds out, however it ends
		_ = s.pull(ctx, s.kubernetesRegistry, smallest)
		_, silent = s.kubernetesRegistry.state()
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case silent == nil:
		return nil
	}
	return errors.New(reason(silent))
}

// refused reports whether a registry answered, though not with the image.
func refused(err error) bool {
	text := runner.Output(err)
	for _, answer := range []string{
		"toomanyrequests", "manifest unknown", "not found: manifest", "pull access denied", "unauthorized",
	} {
		if strings.Contains(text, answer) {
			return true
		}
	}
	return false
}

// reason returns the part of a pull's failure that a user can use.
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
