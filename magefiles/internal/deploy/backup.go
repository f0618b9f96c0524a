package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"todo-app/magefiles/internal/deploy/backup"
	"todo-app/magefiles/internal/report"
)

// Backup writes the embedded database to a file; "" is one that is named after the time.
func (d *Deployment) Backup(ctx context.Context, file string) (string, error) {
	if err := d.checkRunning(ctx, "backing up"); err != nil {
		return "", err
	}
	file = cmp.Or(file, "todo-app-"+time.Now().Format("20060102-150405")+".backup")
	return backup.Database{Kubectl: d.Cluster.Kubectl()}.Save(ctx, d.path(file))
}

// Restore replaces the embedded database by that of a file.
func (d *Deployment) Restore(ctx context.Context, file string) (string, error) {
	if err := d.checkRunning(ctx, "restoring"); err != nil {
		return "", err
	}
	err := backup.Database{Kubectl: d.Cluster.Kubectl(), Confirm: d.confirmRestore}.Restore(ctx, d.path(file))
	return "the app's database is that of " + file, err
}

// path is that of a file in the repository, where users run targets.
func (d *Deployment) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(d.Config.Root, file)
}

// confirmRestore says what a restore will do, and asks.
func (d *Deployment) confirmRestore(ctx context.Context) error {
	if d.Config.Yes {
		return nil
	}
	question := fmt.Sprintf("replace all todos and accounts in the %s? [y/N]", d.Cluster.Name())
	answer, err := d.Report.Ask(ctx, os.Stdin, question)
	switch {
	case errors.Is(err, report.ErrNobody):
		return fmt.Errorf("it would replace all todos and accounts in the %s, and nobody has confirmed that; "+
			"set TODO_YES=1 if it shall", d.Cluster.Name())
	case err != nil:
		return err
	case strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes"):
		return nil
	}
	return errors.New("it was not confirmed; nothing is changed")
}
