//go:build mage

package main

import (
	"context"
	"fmt"

	"todo-app/magefiles/internal/session"
)

// Test sets up what the tests need and runs them, fast layers first, every layer but long.
func Test(
	ctx context.Context,
	only *string, // layers to run, divided by commas: unit, backend, frontend, chart, e2e, minikube, long
	run *string, // the tests of that name in these layers; without -only in long
	json *bool, // print an event a line, as docs/json.md describes
) error {
	asEvents(json)
	s, err := session.Current()
	if err != nil {
		return err
	}
	return s.Test(ctx, orZero(only), orZero(run), func(ctx context.Context) error { needs(ctx, dockerEngine, helm, kubectl); return nil })
}

// Browser runs the browser tests on this machine, against the production build.
func Browser(
	ctx context.Context,
	only *string, // test files to run, divided by commas, such as keyboard
) error {
	return step(ctx, "browser", func(s *session.Session, ctx context.Context) (string, error) {
		return s.Browser(ctx, orZero(only))
	})
}

// Lint checks the Go sources, the chart and both halves of the app.
func Lint(ctx context.Context) error {
	needs(ctx, helm)
	return step(ctx, "lint", (*session.Session).Lint)
}

// Bench measures the app beside its bars, and times deploy against the same steps by hand, and Skaffold if on PATH.
func Bench(
	ctx context.Context,
	only *string, // one of the two: app, deploy
) error {
	switch part := orZero(only); part {
	case "":
		needs(ctx, benchApp)
		needs(ctx, benchDeploy)
	case "app":
		needs(ctx, benchApp)
	case "deploy":
		needs(ctx, benchDeploy)
	default:
		return fmt.Errorf("benchmarking: there is no part %q; -only takes app or deploy", part)
	}
	return nil
}

func benchApp(ctx context.Context) error {
	needs(ctx, vegeta)
	return step(ctx, "app", (*session.Session).BenchApp)
}

func benchDeploy(ctx context.Context) error {
	needs(ctx, dockerEngine, helm, kubectl, clusterTools)
	return step(ctx, "bench", (*session.Session).BenchDeploy)
}

// vegeta finds the program that puts load on a server, or builds it.
func vegeta(ctx context.Context) error { return step(ctx, "vegeta", program("vegeta")) }
