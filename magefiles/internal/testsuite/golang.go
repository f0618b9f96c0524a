package testsuite

import (
	"context"
	"fmt"
	"io"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// unit runs the orchestrator's own tests.
func unit(ctx context.Context, s Suite) (Counts, error) {
	return s.goTest(ctx, nil, "./magefiles/internal/...")
}

// chart runs the chart's tests, which call helm.
func chart(ctx context.Context, s Suite) (Counts, error) {
	if err := s.Ready(ctx); err != nil {
		return Counts{}, err
	}
	return s.goTest(ctx, nil, "./deploy/helm/...")
}

// endToEnd deploys to a cluster of its own and uses the app there.
func endToEnd(ctx context.Context, s Suite) (Counts, error) {
	if err := s.Ready(ctx); err != nil {
		return Counts{}, err
	}
	browser, err := s.chromium(ctx)
	if err != nil {
		return Counts{}, err
	}
	if err := s.npmInstall(ctx); err != nil {
		return Counts{}, err
	}
	env := []string{"E2E_ARTIFACTS=" + s.Artifacts, "CHROMIUM_PATH=" + browser}
	return s.goTest(ctx, env, "-tags", "e2e", "-timeout", "60m", "./magefiles/e2e")
}

// goTest runs `go test` with args, says which test runs, and shows the output of those that failed.
func (s Suite) goTest(ctx context.Context, env []string, args ...string) (Counts, error) {
	read, write := io.Pipe()
	parsed := make(chan *goEvents, 1)
	go func() {
		events, err := readGoEvents(read, func(e goEvent) { s.follow(ctx, e) })
		_ = read.CloseWithError(err)
		parsed <- events
	}()
	call := runner.Cmd("go", append([]string{"test", "-json", "-count=1"}, args...)...).In(s.Root).WithEnv(env...).WithStdout(write)
	err := s.Runner.Run(ctx, call)
	_ = write.Close()
	events := <-parsed
	if len(events.Failures) > 0 {
		return events.Counts, fmt.Errorf("tests failed:\n%s", strings.Join(events.Failures, "\n"))
	}
	return events.Counts, err
}

func (s Suite) follow(ctx context.Context, e goEvent) {
	switch {
	case e.Action == "run" && e.Test != "":
		report.Progress(ctx, "%s", e.Test)
	case e.Action == "output" && s.Verbose:
		report.Info(ctx, "%s", strings.TrimRight(e.Output, "\n"))
	}
}
