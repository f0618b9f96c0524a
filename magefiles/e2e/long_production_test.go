//go:build long

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheCommandsOfTheProductionPage runs them as they are written, twice: with the test's own registry, ingress
// controller and database in place of those that the page calls by examples' names.
func TestTheCommandsOfTheProductionPage(t *testing.T) {
	d, _ := shared(t, kind)
	images := d.registry(t, func(registry http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if loggedIn(w, r) {
				registry.ServeHTTP(w, r)
			}
		})
	})
	reader := d.besideOthers(t)
	reader.namespace = "todo-app"
	reader.output(t, "kubectl", "config", "use-context", d.context)
	t.Cleanup(func() {
		d.output(t, "kubectl", "--context", d.context, "delete", "namespace", reader.namespace, "--ignore-not-found",
			"--wait=false")
	})
	url := "postgresql://todo:" + externalPassword + "@" + d.externalPostgres(t, externalPassword) + "?sslmode=require"
	reader.root = copyOfSources(t, d.root)
	issuer := newAuthority(t)
	reader.has(t, issuer, images, url)
	page, err := os.ReadFile(filepath.Join(d.root, "docs", "production.md"))
	require.NoError(t, err)
	as := strings.NewReplacer("registry.example.com", images, "ingress-nginx", "ingress-traefik",
		"$(git rev-parse --short HEAD)", "first")

	reader.shell(t, as.Replace(commands(string(page), "Images", "Secrets", "Values", "Install, check, upgrade", "Metrics")))
	v := issuer.visitor(t, d.ip(t, d.node), "todo.example.com")
	v.add(t, "made in production")
	again := as.Replace(commands(string(page), "Images", "Values", "Install, check, upgrade"))
	reader.shell(t, strings.Replace(again, "TAG=first", "TAG=second", 1))
	v.sees(t, "made in production")
	assert.Contains(t, reader.running(t), images+"/team/todo-backend:second")
	assert.NotContains(t, reader.helm(t, "get", "all", "todo-app"), externalPassword)
	reader.helm(t, "rollback", "todo-app", "--wait", "--timeout", "5m")
	assert.Contains(t, reader.running(t), images+"/team/todo-backend:first")
	v.sees(t, "made in production")
}

// running are the images of the app's Deployments.
func (d *deployment) running(t *testing.T) string {
	t.Helper()
	return d.kubectl(t, "get", "deployments", "-o", "jsonpath={.items[*].spec.template.spec.containers[*].image}")
}

// has writes the files into the root that the page expects there, and what makes curl find the host.
func (d *deployment) has(t *testing.T, issuer authority, images, database string) {
	t.Helper()
	in := func(name string) string { return filepath.Join(d.root, name) }
	issuer.issue(t, "todo.example.com", in("tls.crt"), in("tls.key"))
	issuer.write(t, in("authority.crt"))
	require.NoError(t, os.Mkdir(in("login"), 0o700))
	loginTo(t, images, in("login"))
	require.NoError(t, os.WriteFile(in("secrets.env"), []byte("DATABASE_URL="+database+"\n"), 0o600))
	curl := fmt.Appendf(nil, "resolve = todo.example.com:443:%s\ncacert = %q\n", d.ip(t, d.node), in("authority.crt"))
	require.NoError(t, os.WriteFile(in(".curlrc"), curl, 0o600))
	d.env = append(d.env, "DOCKER_CONFIG="+in("login"), "DOCKER_BUILDKIT=1", "CURL_HOME="+d.root)
}

// shell runs commands as a reader does, up to the first that fails.
func (d *deployment) shell(t *testing.T, commands string) {
	t.Helper()
	require.NotEmpty(t, commands)
	out, err := d.command(nil, "bash", "-euc", commands).CombinedOutput()
	require.NoError(t, err, "%s\n%s", commands, out)
	t.Log(string(out))
}

// commands are those of a page's sections: the lines that four blanks begin.
func commands(page string, sections ...string) string {
	var text strings.Builder
	section := ""
	for line := range strings.Lines(page) {
		if title, found := strings.CutPrefix(line, "## "); found {
			section = strings.TrimSpace(title)
		}
		if command, found := strings.CutPrefix(line, "    "); found && slices.Contains(sections, section) {
			text.WriteString(command)
		}
	}
	return text.String()
}
