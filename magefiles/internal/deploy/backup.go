package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/backup"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/tree"
)

// Backup writes the embedded database to a file; "" is one that is named after the time.
func (d *Deployment) Backup(ctx context.Context, file string) (string, error) {
	if err := d.checkRunning(ctx, "backing up"); err != nil {
		return "", err
	}
	file = cmp.Or(file, "todo-app-"+stamp()+".backup")
	return backup.Database{Kubectl: d.Cluster.Kubectl()}.Save(ctx, d.path(file))
}

// Restore replaces the embedded database by that of a file, or fills an external one that is empty.
func (d *Deployment) Restore(ctx context.Context, file string) (string, error) {
	if err := d.checkRunning(ctx, "restoring"); err != nil {
		return "", err
	}
	database := backup.Database{Kubectl: d.Cluster.Kubectl(), Confirm: d.confirmRestore, Bring: d.bring}
	return "the app's database is that of " + file, database.Restore(ctx, d.path(file))
}

// bring puts an image into the cluster, where that does not pull for itself.
func (d *Deployment) bring(ctx context.Context, image string) error {
	if d.Cluster.Registry() != "" {
		return nil
	}
	supply := d.Supply
	if d.BuildsInNode() {
		supply = d.Node
	}
	if err := supply.Provide(ctx, image); err != nil {
		return err
	}
	_, err := d.Cluster.Load(ctx, image)
	return err
}

// stamp is the time in the name of a backup.
func stamp() string { return time.Now().Format("20060102-150405") }

// ask asks on the terminal; where there is none, the error is report.ErrNobody.
func (d *Deployment) ask(ctx context.Context, question string) (string, error) {
	return d.Report.Ask(ctx, os.Stdin, question)
}

func yes(answer string) bool {
	return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")
}

// keptBackups is how many backups are kept that deploys have taken of one cluster's database.
const keptBackups = 10

// saveBeforeMigrations writes the embedded database into the cache folder where the sources bring migrations to it. A
// server that does not answer is what the deploy may be to mend, so that does not stop it.
func (d *Deployment) saveBeforeMigrations(ctx context.Context, installed release.Status) error {
	if d.sameMigrations(ctx, installed) {
		return nil
	}
	newest, err := newestMigration(d.Config.Root)
	if err != nil {
		return err
	}
	database := backup.Database{Kubectl: d.Cluster.Kubectl()}
	revision, err := database.Revision(ctx)
	if err != nil {
		if ctx.Err() == nil {
			report.Warn(ctx, "no backup is taken before the upgrade, and it may bring migrations: %v", err)
		}
		return ctx.Err()
	}
	if revision == "" || revision >= newest { // a newer schema is left as it is
		return nil
	}
	folder := filepath.Join(d.Config.Cache, "backups")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("backing up before the migrations: %w", err)
	}
	of := filepath.Join(folder, strings.Join([]string{d.Config.Cluster, d.Config.Profile, d.Config.Namespace}, "-"))
	path, err := database.Save(ctx, of+"-"+stamp()+".backup")
	if err != nil {
		return fmt.Errorf("before the migrations from %s to %s (the app goes on as it is): %w", revision, newest, err)
	}
	report.Info(ctx, "the upgrade migrates the database from %s to %s: it was saved before, in %s", revision, newest, path)
	return tree.KeepNewest(of+"-[0-9]*.backup", keptBackups)
}

// backendImage is the backend's in a manifest.
var backendImage = regexp.MustCompile(`\bimage: "?([^"\s]*\b` + chart.BackendImage + `:[^"\s]+)`)

// sameMigrations reports whether what is installed is known to have the migrations of the sources: the server is asked
// for its revision only where it is not, which takes as long as building a changed line.
func (d *Deployment) sameMigrations(ctx context.Context, installed release.Status) bool {
	image := backendImage.FindStringSubmatch(installed.Manifest)
	if installed.Info.Status != "deployed" || image == nil {
		return false
	}
	changed, known, err := d.Images.Changed(ctx, image[1])
	return err == nil && known && !slices.ContainsFunc(changed, func(text string) bool {
		return strings.HasPrefix(text, "backend/migrations/")
	})
}

// newestMigration is the revision of the newest migration of the sources: its file's name begins with it.
func newestMigration(root string) (string, error) {
	folder := filepath.Join(root, "backend", "migrations", "versions")
	files, err := filepath.Glob(filepath.Join(folder, "[0-9]*_*.py"))
	if err == nil && len(files) == 0 {
		err = errors.New("there are none")
	}
	if err != nil {
		return "", fmt.Errorf("reading the migrations in %s: %w", folder, err)
	}
	revision, _, _ := strings.Cut(filepath.Base(slices.Max(files)), "_")
	return revision, nil
}

// offerBackup asks before the cluster is removed whether its todos shall be saved. Where nobody can answer, or nothing
// can be saved, it is removed as it was asked for.
func (d *Deployment) offerBackup(ctx context.Context, ask func(context.Context, string) (string, error)) error {
	if d.Config.Yes {
		return nil
	}
	embedded, err := backup.Database{Kubectl: d.Cluster.Kubectl()}.Embedded(ctx)
	if err != nil || !embedded {
		return ctx.Err()
	}
	question := fmt.Sprintf("remove all todos in the %s without a backup? [y/N] "+
		"(N writes one first; TODO_YES=1 does not ask)", d.Cluster.Name())
	answer, err := ask(ctx, question)
	switch {
	case errors.Is(err, report.ErrNobody):
		return nil
	case err != nil:
		return err
	case yes(answer):
		return nil
	}
	path, err := d.Backup(ctx, "")
	if err != nil {
		return fmt.Errorf("removing the %s: it stays, as %w", d.Cluster.Name(), err)
	}
	report.Info(ctx, "the todos are in %s", path)
	return nil
}

// path is that of a file in the repository, where users run targets.
func (d *Deployment) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(d.Config.Root, file)
}

// confirmRestore says what a restore will do, and asks.
func (d *Deployment) confirmRestore(ctx context.Context, embedded bool) error {
	does := "replace all todos and accounts in the " + d.Cluster.Name()
	if !embedded {
		does = "fill the database that DATABASE_URL names, which has to be empty; the app shows errors meanwhile"
	}
	if d.Config.Yes {
		report.Info(ctx, "it will %s", does)
		return nil
	}
	answer, err := d.ask(ctx, does+"? [y/N]")
	switch {
	case errors.Is(err, report.ErrNobody):
		return fmt.Errorf("it would %s, and nobody has confirmed that; set TODO_YES=1 if it shall", does)
	case err != nil:
		return err
	case yes(answer):
		return nil
	}
	return errors.New("it was not confirmed; nothing is changed")
}
