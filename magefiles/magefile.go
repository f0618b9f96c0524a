//go:build mage

// From a clone to a running, verified todo app on Kubernetes: `mage deploy`.
package main

import (
	"context"
	"fmt"

	"github.com/magefile/mage/mg"

	"todo-app/magefiles/internal/session"
)

// Default is what `mage` runs without a target. It takes the same steps as Deploy, whose options mage cannot give to a
// default target: what mage 1.17.2 generates for them does not compile.
var Default = Verify

// asEvents prints what follows for programs, where json is set.
func asEvents(json *bool) {
	if s, err := session.Current(); err == nil && orZero(json) {
		s.Report.JSON()
	}
}

// step runs a method of the session as the named step of this run; see session.Step.
func step(ctx context.Context, name string, method func(*session.Session, context.Context) (string, error)) error {
	s, err := session.Current()
	if err != nil {
		return err
	}
	return s.Step(ctx, name, func(ctx context.Context) (string, error) { return method(s, ctx) })
}

// once is step for what does not depend on the sources: watch, which deploys again and again, takes it once.
func once(ctx context.Context, name string, method func(*session.Session, context.Context) (string, error)) error {
	s, err := session.Current()
	if err != nil {
		return err
	}
	return s.Once(ctx, name, func(ctx context.Context) (string, error) { return method(s, ctx) })
}

// do runs a method of the session that is no step: it prints for itself.
func do(ctx context.Context, method func(*session.Session, context.Context) error) error {
	s, err := session.Current()
	if err != nil {
		return err
	}
	return s.Report.PrintableError(method(s, ctx))
}

// program is the step that finds a program, or builds it.
func program(name string) func(*session.Session, context.Context) (string, error) {
	return func(s *session.Session, ctx context.Context) (string, error) { return s.Programs.Ensure(ctx, name) }
}

// needs runs the targets that this one depends on, each once, independent ones at the same time. The first failure ends
// the run: mage would join the errors of all targets that wait for it, and start those that find it already over.
func needs(ctx context.Context, targets ...any) {
	s, err := session.Current()
	if err != nil { // a bad setting, before anything runs
		panic(mg.Fatal(1, err))
	}
	defer func() {
		thrown := recover()
		if s.Failure() != nil {
			panic(mg.Fatal(1, s.Failure()))
		}
		if thrown != nil {
			panic(thrown)
		}
	}()
	for i, target := range targets {
		targets[i] = inRound{mg.F(target), s.Round()}
	}
	mg.CtxDeps(ctx, targets...)
}

// inRound is a target that mage, which runs each once in a process, runs once in each round of watch.
type inRound struct {
	mg.Fn
	round int
}

func (r inRound) ID() string { return fmt.Sprint(r.Fn.ID(), r.round) }

// try is needs, and returns the failure, with which the run goes on.
func try(ctx context.Context, targets ...any) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("%v", thrown)
		}
	}()
	needs(ctx, targets...)
	return nil
}

// orZero is the value of an option, or of its type where it was not given.
func orZero[T any](option *T) (value T) {
	if option != nil {
		value = *option
	}
	return value
}
