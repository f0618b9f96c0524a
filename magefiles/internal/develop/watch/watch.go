// Package watch deploys again what is saved, until the user ends it.
package watch

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"todo-app/magefiles/internal/deploy"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/report"
)

// Watch keeps a deployment in step with its sources.
type Watch struct {
	Sources func() (inputs.List, error) // what a deployment is made of, as it is now
	Folders func() ([]string, error)    // where its files are
	// Deploy brings the sources as they are; env is whether the settings' file has changed since the last call.
	Deploy func(ctx context.Context, env bool) error
	// Fatal reports whether no save can mend an error of the first Deploy.
	Fatal func(error) bool
	// Logs shows what the app prints, until ctx ends.
	Logs func(ctx context.Context) error

	open opener // nil is fsnotify's own; replaced in tests
}

// logsPause is how long the logs are left where they cannot be had, such as while the cluster starts again.
const logsPause = 3 * time.Second

// Run deploys and follows the sources until ctx ends, which is no error.
func (w Watch) Run(ctx context.Context) error {
	open := w.open
	if open == nil {
		open = fsnotify.NewWatcher
	}
	files := newFollower(ctx, w.Folders, open)
	defer files.close()
	var beside sync.WaitGroup
	defer beside.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var deployed inputs.List // by the last call, whether that went well or not
	for first := true; ; first = false {
		now, err := w.changed(ctx, files, deployed)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		difference := now.Since(deployed)
		if !first {
			report.Info(ctx, "%s", deploy.Change{Known: true, Files: difference})
		}
		deployed = now
		if err := w.deploy(ctx, !first && env(difference)); err != nil && first && w.Fatal(err) {
			return err
		}
		if first {
			beside.Go(func() { w.logs(ctx) })
		}
	}
}

// changed waits until the sources are another than those in hand, and returns them.
func (w Watch) changed(ctx context.Context, files *follower, before inputs.List) (inputs.List, error) {
	for {
		err := files.refresh(ctx) // first: what comes after it tells of itself
		var now inputs.List
		if err == nil {
			now, err = w.Sources()
		}
		switch {
		case err != nil && before == nil:
			return nil, err
		case err != nil: // such as in the midst of a branch switch
			report.Warn(ctx, "%v", err)
		case before == nil || len(now.Since(before)) > 0:
			return now, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		report.Progress(ctx, "waiting for the next change (Ctrl-C ends it)")
		if err := files.wait(ctx); err != nil {
			return nil, err
		}
	}
}

// deploy brings the sources, and tells how that ended.
func (w Watch) deploy(ctx context.Context, env bool) error {
	start := time.Now()
	report.Progress(ctx, "deploying")
	err := w.Deploy(ctx, env)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		report.Warn(ctx, "%v\n\nthe next save tries again", err)
	default:
		report.Info(ctx, "deployed in %s", report.Seconds(time.Since(start)))
	}
	return err
}

// logs shows the app's logs for as long as the sources are followed.
func (w Watch) logs(ctx context.Context) {
	for ctx.Err() == nil {
		_ = w.Logs(ctx) // a cluster that does not answer is told of by the next deploy
		_ = pause(ctx, logsPause)
	}
}

// env reports whether the settings' file is among what has changed.
func env(difference []string) bool {
	return slices.ContainsFunc(difference, func(text string) bool { return strings.HasPrefix(text, deploy.DotEnv+" ") })
}
