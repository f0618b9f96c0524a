package session

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"time"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/logs"
	"todo-app/magefiles/internal/develop/watch"
	"todo-app/magefiles/internal/report"
)

// rounds are the deploys of one process: watch makes many.
type rounds struct {
	mu       sync.Mutex
	number   int
	done     map[string]bool // steps that have ended well, and need not be taken again
	failed   bool            // whether one of these has failed in this round
	outdated bool            // whether the settings must be read again
}

// settleTime is how long an interrupted watch may take to end what it left half done: mage grants it 5 s.
const settleTime = 4 * time.Second

// Round is how often this process has begun to deploy again.
func (s *Session) Round() int {
	s.rounds.mu.Lock()
	defer s.rounds.mu.Unlock()
	return s.rounds.number
}

// Once is Step for what does not depend on the sources: a process takes it until it has ended well once.
func (s *Session) Once(ctx context.Context, name string, fn func(context.Context) (string, error)) error {
	r := &s.rounds
	r.mu.Lock()
	done := r.done[name]
	r.mu.Unlock()
	if done {
		return s.Failure()
	}
	err := s.Step(ctx, name, func(ctx context.Context) (string, error) {
		note, err := fn(ctx)
		if err != nil && ctx.Err() == nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.failed = true
		}
		return note, err
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done == nil {
		r.done = map[string]bool{}
	}
	r.done[name] = true
	return nil
}

// Watch deploys by calling deploy, and again when the sources change, until the user interrupts it.
func (s *Session) Watch(ctx context.Context, deploy func(context.Context) error) error {
	ctx, ignore := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer ignore()
	return s.Report.PrintableError(s.Report.Run(ctx, "watch", func(ctx context.Context) (string, error) {
		err := watch.Watch{
			Sources: func() (inputs.List, error) { return s.Sources() },
			Folders: func() ([]string, error) { return s.Folders() },
			Deploy:  func(ctx context.Context, env bool) error { return s.round(ctx, env, deploy) },
			Fatal:   func(error) bool { return s.rounds.failed || s.unlock == nil },
			Logs: func(ctx context.Context) error {
				kubectl := s.Cluster.Kubectl()
				return logs.Logs{Kubectl: kubectl, Write: s.Report.ServerLog, Since: time.Second}.Follow(ctx)
			},
		}.Run(ctx)
		return "ended; what is deployed stays", err
	}))
}

// round deploys once. One that is interrupted leaves nothing half done.
func (s *Session) round(ctx context.Context, env bool, deploy func(context.Context) error) error {
	r := &s.rounds
	r.failed, r.outdated = false, r.outdated || env
	if r.outdated {
		if err := s.reload(os.LookupEnv); err != nil {
			return err
		}
		r.outdated, r.done = false, nil
	}
	defer s.next()
	err := deploy(ctx)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
		defer cancel()
		if err := s.Settle(last); err != nil {
			report.Warn(ctx, "%v", err)
		}
	case !s.Stands(ctx): // what was found to be well is not any more
		r.done = nil
	}
	return err
}

// Farewell prints what a user wants to know after the first deploy of this process.
func (s *Session) Farewell(ctx context.Context) error {
	if s.Round() > 0 {
		return s.KeepTimes()
	}
	return s.Deployment.Farewell(ctx)
}

// next makes the session ready for another deploy.
func (s *Session) next() {
	s.rounds.mu.Lock()
	defer s.rounds.mu.Unlock()
	s.rounds.number++
	s.ctx, s.stop = context.WithCancelCause(context.Background())
	s.Report.Forget()
	s.Again()
}

// reload reads the settings again. What they say of the cluster must stay: this run holds its lock.
func (s *Session) reload(lookup func(string) (string, bool)) error {
	c, err := config.Load(s.Config.Root, lookup)
	if err != nil {
		return err
	}
	old := s.Config
	if c.Cluster != old.Cluster || c.Profile != old.Profile || c.Cache != old.Cache || c.Namespace != old.Namespace ||
		!slices.Equal(c.Kubeconfigs, old.Kubeconfigs) {
		return errors.New("reading the settings again: they lead to another cluster or namespace now; " +
			"end `mage watch` with Ctrl-C and start it again, or take that back")
	}
	s.redact(c.Secrets)
	deployment, err := newDeployment(c, s.Report, s.run)
	if err == nil {
		s.Deployment, s.Workbench.App = deployment, deployment
	}
	return err
}
