//go:build long

package e2e

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

var externalName = profile + "-external"

const externalPassword = "external-4f1d-password"

// TestTheAppMovesToADatabaseOutsideOfTheClusterAndBack expects that neither database loses anything.
func TestTheAppMovesToADatabaseOutsideOfTheClusterAndBack(t *testing.T) {
	d, v := shared(t, kind)
	url := "postgresql://todo:" + externalPassword + "@" + d.externalPostgres(t, externalPassword) + "?sslmode=require&channel_binding=require"

	out := d.must(t, "deploy", key, "DATABASE_URL="+url)
	assert.Contains(t, out, "the app has moved to the database that DATABASE_URL names")
	assert.NotContains(t, out, externalPassword)
	assert.Empty(t, d.kubectl(t, "get", "statefulsets", "-o", "name"))
	outside := d.visitor(t)
	outside.add(t, "kept outside")
	outside.sees(t, "kept outside")
	assert.Contains(t, d.must(t, "deploy", key, "DATABASE_URL="+url), "unchanged (revision ")

	d.plainHelm(t, url)

	assert.Contains(t, d.must(t, "deploy", key), "the app is back on the embedded database")
	v.sees(t, "survive everything")
	assert.Equal(t, "kept outside",
		d.output(t, "docker", "exec", externalName, "psql", "--username=todo", "--tuples-only", "--no-align",
			"--command=SELECT title FROM todos WHERE deleted_at IS NULL"), "what the database outside still has")
}

// TestTodosMoveToAnExternalDatabaseAndBackWithABackup goes both ways, and is refused where something would be lost.
func TestTodosMoveToAnExternalDatabaseAndBackWithABackup(t *testing.T) {
	d, v := shared(t, kind)
	v.add(t, "moves along")
	file := filepath.Join(t.TempDir(), "move.backup")
	d.output(t, d.program, "backup", "-file="+file)
	url := "DATABASE_URL=postgresql://todo:" + externalPassword + "@" + d.externalPostgres(t, externalPassword) +
		"?sslmode=require&channel_binding=require"

	d.must(t, "deploy", key, url)
	part := filepath.Join(t.TempDir(), "part.backup")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(part, text[:len(text)/2], 0o600))
	yes := []string{"TODO_YES=1", url}
	out, err := d.command(yes, d.program, "restore", part).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "(nothing is changed): it is no backup, or a part of one")
	out, err = d.command([]string{url}, d.program, "restore", file).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "it would fill the database that DATABASE_URL names")
	out, err = d.command(yes, d.program, "restore", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.NotContains(t, string(out), externalPassword)
	v.sees(t, "moves along")
	assert.Empty(t, d.kubectl(t, "get", "pods", "--selector=app.kubernetes.io/name=todo-app-restore", "-o", "name"))

	v.add(t, "added outside")
	out, err = d.command(yes, d.program, "restore", file).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "it is not empty, but has todos")
	v.sees(t, "added outside")
	out, err = d.command([]string{url}, d.program, "backup", "-file="+file+"2").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), `pg_dump --format=custom --no-owner --no-privileges --file=FILE "$DATABASE_URL"`)

	back := filepath.Join(t.TempDir(), "back.backup")
	d.output(t, "docker", "exec", externalName, "pg_dump", "--username=todo", "--format=custom", "--no-owner",
		"--no-privileges", "--file=/tmp/back", "todo")
	d.output(t, "docker", "cp", externalName+":/tmp/back", back)
	d.must(t, "deploy", key)
	out, err = d.command([]string{"TODO_YES=1"}, d.program, "restore", back).CombinedOutput()
	require.NoError(t, err, "%s", out)
	v.sees(t, "added outside")
}

// plainHelm installs the chart the way that values-neon.yaml says, beside the deployment.
func (d *deployment) plainHelm(t *testing.T, url string) {
	t.Helper()
	beside := *d
	beside.namespace = namespace + "-neon"
	d.output(t, "kubectl", "--context", d.context, "create", "namespace", beside.namespace)
	defer d.output(t, "kubectl", "--context", d.context, "delete", "namespace", beside.namespace, "--wait=false")
	env := filepath.Join(t.TempDir(), "neon.env")
	require.NoError(t, os.WriteFile(env, []byte("DATABASE_URL="+url+"\nDIRECT_DATABASE_URL="+url+"\n"), 0o600))
	beside.kubectl(t, "create", "secret", "generic", "todo-app-neon", "--from-env-file="+env)
	beside.helm(t, append([]string{"install", "todo-app", "deploy/helm/todo-app", "--wait", "--timeout", "3m",
		"--values", "deploy/helm/todo-app/values-neon.yaml", "--set", "ingress.host=neon.local"}, d.tags(t)...)...)
	assert.Contains(t, beside.helm(t, "test", "todo-app", "--timeout", "3m"), "Succeeded")
	assert.NotContains(t, beside.helm(t, "get", "all", "todo-app"), externalPassword)
}

// tags are the arguments by which helm takes the images that the deployment runs, which its node has.
func (d *deployment) tags(t *testing.T) []string {
	t.Helper()
	var args []string
	for _, part := range []string{"backend", "frontend"} {
		image := d.kubectl(t, "get", "deployment", "todo-app-"+part,
			"-o", "jsonpath={.spec.template.spec.containers[0].image}")
		args = append(args, "--set-string", part+".image.tag="+image[strings.LastIndex(image, ":")+1:])
	}
	return args
}

// externalPostgres is a server outside of the cluster that speaks TLS, whose user is todo; it returns the part of a URL
// that leads to it from a pod: address, port and database.
func (d *deployment) externalPostgres(t *testing.T, password string) string {
	t.Helper()
	remove := func() { d.output(t, "docker", "rm", "--force", "--volumes", externalName) }
	remove()
	t.Cleanup(remove)
	create := d.command([]string{"POSTGRES_PASSWORD=" + password}, "docker", "create", "--name", externalName,
		"--network", "kind", "--env", "POSTGRES_USER=todo", "--env", "POSTGRES_PASSWORD", "postgres:15-bookworm",
		"postgres", "-c", "ssl=on", "-c", "ssl_cert_file=/tmp/certificate", "-c", "ssl_key_file=/tmp/key")
	out, err := create.CombinedOutput()
	require.NoError(t, err, string(out))
	copying := d.command(nil, "docker", "cp", "-", externalName+":/tmp")
	copying.Stdin = certificate(t)
	out, err = copying.CombinedOutput()
	require.NoError(t, err, string(out))
	d.output(t, "docker", "start", externalName)
	wait.Until(t, "the database outside of the cluster to take connections", func() bool {
		return d.command(nil, "docker", "exec", externalName, "pg_isready", "--host=127.0.0.1",
			"--username=todo").Run() == nil
	})
	return d.ip(t, externalName) + ":5432/todo"
}

// ip is a container's address in the network of the nodes.
func (d *deployment) ip(t *testing.T, container string) string {
	t.Helper()
	return d.output(t, "docker", "inspect", "--format", "{{.NetworkSettings.Networks.kind.IPAddress}}", container)
}

// certificate is an archive with a certificate and its key, which belong to Postgres' user.
func certificate(t *testing.T) *bytes.Buffer {
	t.Helper()
	archive, folder := &bytes.Buffer{}, t.TempDir()
	newAuthority(t).issue(t, externalName, filepath.Join(folder, "certificate"), filepath.Join(folder, "key"))
	files := tar.NewWriter(archive)
	for _, name := range []string{"certificate", "key"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		require.NoError(t,
			files.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Uid: 999, Gid: 999, Size: int64(len(text))}))
		_, err = files.Write(text)
		require.NoError(t, err)
	}
	require.NoError(t, files.Close())
	return archive
}
