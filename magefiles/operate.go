//go:build mage

package main

import (
	"context"
	"time"

	"todo-app/magefiles/internal/session"
)

// Run checks both images under plain docker, with a Postgres beside them.
func Run(ctx context.Context) error {
	needs(ctx, lock)
	needs(ctx, dockerEngine)
	return step(ctx, "run", (*session.Session).Smoke)
}

// Dev runs backend and frontend on this machine with reload and a real Postgres.
func Dev(
	ctx context.Context,
	cluster *bool, // only the frontend, on the backend and the data of the deployment
	debug *bool, // for debuggers to attach, as .vscode/launch.json says
) error {
	return step(ctx, "dev", func(s *session.Session, ctx context.Context) (string, error) {
		return s.Dev(ctx, cluster != nil && *cluster, debug != nil && *debug)
	})
}

// Doctor checks every prerequisite and says how to mend what is wrong.
func Doctor(
	ctx context.Context,
	json *bool, // print an event a line, as docs/json.md describes
) error {
	asEvents(json)
	return do(ctx, (*session.Session).Doctor)
}

// Status shows what runs, and which files have changed since.
func Status(
	ctx context.Context,
	json *bool, // print one event with all of it, as docs/json.md describes
) error {
	asEvents(json)
	return do(ctx, (*session.Session).Status)
}

// Logs follows the logs of the app's pods, each part in a colour of its own.
func Logs(
	ctx context.Context,
	only *string, // parts, divided by commas: backend, frontend, postgres
	since *time.Duration, // how old the first lines may be, such as 10m
	previous *bool, // show what was printed before the last restart, and end
) error {
	return do(ctx, func(s *session.Session, ctx context.Context) error {
		return s.Logs(ctx, orZero(only), orZero(since), orZero(previous))
	})
}

// Backup writes the embedded database to a file.
func Backup(
	ctx context.Context,
	file *string, // to write; one that is named after the time
) error {
	needs(ctx, lock)
	return step(ctx, "backup", func(s *session.Session, ctx context.Context) (string, error) {
		return s.Backup(ctx, orZero(file))
	})
}

// Restore replaces the embedded database by that of a file that backup wrote, or fills an empty external one.
func Restore(ctx context.Context, file string) error {
	needs(ctx, lock)
	return step(ctx, "restore", func(s *session.Session, ctx context.Context) (string, error) { return s.Restore(ctx, file) })
}

// Down removes the app and its hosts line; the cluster and the data stay.
func Down(ctx context.Context) error {
	needs(ctx, lock)
	return step(ctx, "down", (*session.Session).Down)
}

// Destroy removes the cluster with all that is in it.
func Destroy(
	ctx context.Context,
	engine *bool, // also stop a Docker Engine that deploy started
) error {
	needs(ctx, owned)
	needs(ctx, lock)
	return step(ctx, "destroy", func(s *session.Session, ctx context.Context) (string, error) {
		return s.Destroy(ctx, orZero(engine))
	})
}

// owned refuses to remove a cluster that this project did not make.
func owned(ctx context.Context) error {
	return do(ctx, func(s *session.Session, _ context.Context) error { return s.Cluster.CheckOwned() })
}
