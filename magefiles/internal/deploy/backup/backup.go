// Package backup writes the embedded database to a file, and puts one in its place that such a file holds.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
)

// Database is that of a release. The embedded one's own pod has the programs that read and write it, which are never
// too old for it; an external one is filled by a pod beside the release.
type Database struct {
	Kubectl kube.Kubectl
	// Confirm returns an error unless the user wants to replace what is there, or to fill the empty external database.
	Confirm func(ctx context.Context, embedded bool) error
	Bring   func(ctx context.Context, image string) error // puts an image where pods run
}

// The names of databases in the server: the app's, one that is being filled, and one that has been replaced.
const (
	used     = "todo"
	filled   = "todo_restored"
	replaced = "todo_replaced"
)

// Save writes the database, as it is at one moment, to a file, which is there in full or not at all.
func (d Database) Save(ctx context.Context, path string) (note string, err error) {
	embedded, err := d.Embedded(ctx)
	if err == nil && !embedded {
		err = errors.New("the deployment has no database of its own, but the one that DATABASE_URL names; do it there:\n" +
			`    pg_dump --format=custom --no-owner --no-privileges --file=FILE "$DATABASE_URL"` +
			"\n(a pg_dump must not be older than its server)")
	}
	if err != nil {
		return "", fmt.Errorf("backing up: %w", err)
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("backing up to %s: it is there already, and is left as it is; name another file", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".todo-app-backup-") // for its owner's eyes only
	if err != nil {
		return "", fmt.Errorf("backing up to %s: %w", path, err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	report.Progress(ctx, "writing %s", path)
	if err := d.write(ctx, file); err != nil {
		return "", fmt.Errorf("backing up to %s: %w", path, err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return "", fmt.Errorf("backing up to %s: %w", path, err)
	}
	return path, nil
}

// write fills file, and reads it again to its end: a stream that ended too early is no backup.
func (d Database) write(ctx context.Context, file *os.File) error {
	dump := d.server("pg_dump", "--format=custom", "--no-owner", "--no-privileges", used)
	if err := d.run(ctx, dump.WithStdout(file)); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if _, err := file.Seek(0, 0); err != nil {
		return err
	}
	if err := d.run(ctx, d.server("pg_restore", "--file=/dev/null").WithStdin(file)); err != nil {
		return fmt.Errorf("reading again what was written: %w", err)
	}
	return file.Close()
}

// Restore replaces the database by the one in a file. Until that one is there in full, and fits to the release, nothing
// is changed; then the one takes the other's place in an instant. One outside of the cluster is filled if it is empty.
func (d Database) Restore(ctx context.Context, path string) (err error) {
	embedded, err := d.Embedded(ctx)
	if err != nil {
		return fmt.Errorf("restoring: %w", err)
	}
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("restoring %s: there is no such file; `mage backup` writes one", path)
	case err != nil:
		return fmt.Errorf("restoring: %w", err)
	}
	defer file.Close()
	if err := d.Confirm(ctx, embedded); err != nil {
		return fmt.Errorf("restoring %s: %w", path, err)
	}
	if embedded {
		err = d.replace(ctx, file)
	} else {
		err = d.fillExternal(ctx, file)
	}
	if err != nil {
		return fmt.Errorf("restoring %s %w", path, err)
	}
	return nil
}

// replace puts the database of file in the place of the embedded one.
func (d Database) replace(ctx context.Context, file *os.File) error {
	if err := d.fill(ctx, file); err != nil {
		return fmt.Errorf("(nothing is changed): %w", err)
	}
	report.Progress(ctx, "putting the restored database in place")
	if err := d.swap(ctx); err != nil {
		return fmt.Errorf("(nothing is changed): %w", err)
	}
	if err := d.drop(ctx, replaced); err != nil {
		report.Info(ctx, "the database that was replaced is still there: %v", err)
	}
	return nil
}

// fill makes a database of file beside the one in use, and brings its schema up to the release's.
func (d Database) fill(ctx context.Context, file *os.File) (err error) {
	for _, name := range []string{filled, replaced} { // of a run that was interrupted
		if err := d.drop(ctx, name); err != nil {
			return err
		}
	}
	defer func() {
		if err != nil {
			_ = d.drop(context.WithoutCancel(ctx), filled)
		}
	}()
	if err := d.run(ctx, d.server("createdb", "--template=template0", filled)); err != nil {
		return err
	}
	report.Progress(ctx, "reading %s", file.Name())
	read := []string{"--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--dbname=" + filled}
	if err := d.run(ctx, d.server("pg_restore", read...).WithStdin(file)); err != nil {
		return fmt.Errorf("it is no backup, or a part of one: %w", err)
	}
	const ask = "SELECT to_regclass('public.alembic_version') IS NOT NULL AND to_regclass('public.todos') IS NOT NULL"
	look := psqlArgs(filled, "--tuples-only", "--no-align", "--command="+ask)
	ours, err := d.Kubectl.Runner.Output(ctx, d.server("psql", look...))
	if err != nil {
		return fmt.Errorf("looking for the app's tables in it: %w", err)
	}
	if strings.TrimSpace(ours) != "t" {
		return errors.New("it holds another database than this app's")
	}
	report.Progress(ctx, "migrating what it holds")
	return d.migrate(ctx)
}

// migrate has the backend's pod do it, which knows the server's password. No argument holds that.
func (d Database) migrate(ctx context.Context) error {
	program := strings.Join(chart.Migrate, " ")
	script := `DATABASE_URL="${DATABASE_URL%/*}/` + filled + `" DIRECT_DATABASE_URL= exec ` + program
	if err := d.run(ctx, d.exec("deployment", chart.Backend, "sh", "-c", script)); err != nil {
		return fmt.Errorf("migrating it to the schema of the release: %w", err)
	}
	return nil
}
