package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/diagnose"
	"todo-app/magefiles/internal/report"
)

// helper is the name and label of the pod that fills an external database; startTime is how long it may take to start.
const (
	helper    = "todo-app-restore"
	startTime = "170s"
)

// fillExternal puts what file holds into the release's external database, which nobody has used yet. All that can be
// known of the file is known before the empty schema makes room for the file's.
func (d Database) fillExternal(ctx context.Context, file *os.File) error {
	defer func() { _ = d.removeHelper(context.WithoutCancel(ctx)) }()
	if err := d.startHelper(ctx); err != nil {
		return fmt.Errorf("(nothing is changed): %w", err)
	}
	report.Progress(ctx, "reading %s", file.Name())
	revision, err := d.readRevision(ctx, file)
	if err != nil {
		return fmt.Errorf("(nothing is changed): %w", err)
	}
	if err := d.python(ctx, "app.restore", "empty", revision); err != nil {
		return fmt.Errorf("into the database that DATABASE_URL names (nothing is changed): %w", err)
	}
	report.Progress(ctx, "filling the database that DATABASE_URL names")
	fill := []string{"--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--dbname=service=todo"}
	_, err = d.read(ctx, file, fill...)
	migrated := d.python(context.WithoutCancel(ctx), chart.Migrate[2:]...) // which also brings the empty schema back
	switch {
	case err != nil:
		return errors.Join(fmt.Errorf("into the database that DATABASE_URL names (it is empty as before): %w", err), migrated)
	case migrated != nil:
		return fmt.Errorf("(all of it is in the database that DATABASE_URL names, but not in the schema of the release; "+
			"`mage deploy` migrates it): %w", migrated)
	}
	return nil
}

// copied is the row that pg_restore writes of the table alembic_version.
var copied = regexp.MustCompile(`(?m)^COPY public\.alembic_version .*\n(.+)\n\\\.$`)

// readRevision reads file to its end, and returns the revision of the schema in it.
func (d Database) readRevision(ctx context.Context, file *os.File) (string, error) {
	if _, err := d.read(ctx, file, "--file=/dev/null"); err != nil {
		return "", fmt.Errorf("it is no backup, or a part of one: %w", err)
	}
	list, err := d.read(ctx, file, "--list")
	if err != nil {
		return "", err
	}
	out, err := d.read(ctx, file, "--data-only", "--schema=public", "--table=alembic_version", "--file=-")
	if err != nil {
		return "", err
	}
	found := copied.FindStringSubmatch(out)
	if found == nil || !strings.Contains(list, " TABLE public todos ") {
		return "", errors.New("it holds another database than this app's")
	}
	return found[1], nil
}

// read has the helper's pg_restore read file from its beginning.
func (d Database) read(ctx context.Context, file *os.File, args ...string) (string, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	call := []string{"exec", "--stdin", "pod/" + helper, "--container", chart.Postgres, "--", "pg_restore"}
	return d.Kubectl.Runner.Output(ctx, d.Kubectl.Unbounded(append(call, args...)...).WithStdin(file))
}

// python runs a module of the backend in its pod, on the database of the release.
func (d Database) python(ctx context.Context, module ...string) error {
	return d.run(ctx, d.exec("deployment", chart.Backend, append([]string{"python", "-m"}, module...)...))
}

// startHelper starts a pod that has Postgres' programs, and a file that leads them to the release's database: no
// argument and no value holds its password. The backend's image writes that file, with the backend's own environment.
func (d Database) startHelper(ctx context.Context) error {
	if err := d.Bring(ctx, chart.PostgresImage); err != nil {
		return err
	}
	if err := d.removeHelper(ctx); err != nil { // of a run that was interrupted
		return err
	}
	deployment, err := d.Kubectl.Output(ctx, "get", "deployment", chart.Object(chart.Backend), "-o", "json")
	if err != nil {
		return fmt.Errorf("reading how the backend reaches the database: %w", err)
	}
	pod, err := helperPod(deployment)
	if err != nil {
		return err
	}
	report.Progress(ctx, "starting a pod with pg_restore")
	pods := diagnose.Pods{Kubectl: d.Kubectl, Selector: "app.kubernetes.io/name=" + helper}
	err = pods.During(ctx, func(ctx context.Context) error {
		if _, err := d.Kubectl.Apply(ctx, bytes.NewReader(pod)); err != nil {
			return err
		}
		ready := []string{"wait", "pod/" + helper, "--for=condition=Ready", "--timeout=" + startTime}
		return d.run(ctx, d.Kubectl.Unbounded(ready...))
	})
	if err != nil {
		return fmt.Errorf("starting the pod %s, which fills the database: %w", helper, err)
	}
	return nil
}

func (d Database) removeHelper(ctx context.Context) error {
	_, err := d.Kubectl.Output(ctx, "delete", "pod/"+helper, "--ignore-not-found", "--grace-period=1")
	if err != nil {
		return fmt.Errorf("removing the pod %s: %w", helper, err)
	}
	return nil
}

type object = map[string]any

// helperPod makes the pod of the backend's Deployment: what its program does otherwise is not done.
func helperPod(deployment string) ([]byte, error) {
	spec, err := chart.MigrationPod(deployment)
	if err != nil {
		return nil, err
	}
	first, _ := spec["containers"].([]any)[0].(object)
	mounts, _ := first["volumeMounts"].([]any)
	place := object{"name": "service", "mountPath": "/service"}
	first["command"] = []string{"python", "-m", "app.restore", "service", "/service/file"}
	first["volumeMounts"] = append(mounts, place)
	volumes, _ := spec["volumes"].([]any)
	inMemory := object{"medium": "Memory", "sizeLimit": "1Mi"}
	spec["volumes"] = append(volumes, object{"name": "service", "emptyDir": inMemory})
	spec["initContainers"] = spec["containers"]
	spec["activeDeadlineSeconds"] = 3600 // where nobody is left to remove it
	spec["containers"] = []object{{
		"name": chart.Postgres, "image": chart.PostgresImage, "command": []string{"sleep", "3600"},
		"env":             []object{{"name": "PGSERVICEFILE", "value": "/service/file"}},
		"securityContext": first["securityContext"], "resources": first["resources"], "volumeMounts": []object{place},
	}}
	return json.Marshal(object{"apiVersion": "v1", "kind": "Pod", "spec": spec,
		"metadata": object{"name": helper, "labels": object{"app.kubernetes.io/name": helper}}})
}
