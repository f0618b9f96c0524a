//go:build long

package e2e

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const registryPassword = "registry-83b0-password"

// TestTheClusterPullsFromARegistryWithALogin pushes with the login that docker keeps, and pulls with the one in the
// Secret that TODO_PULL_SECRETS names. Nobody else is let in.
func TestTheClusterPullsFromARegistryWithALogin(t *testing.T) {
	d, _ := shared(t, kind)
	var pulled, refused atomic.Int32
	images := d.registry(t, func(registry http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !loggedIn(w, r) {
				refused.Add(1)
				return
			}
			if strings.HasPrefix(r.UserAgent(), "containerd/") && strings.Contains(r.URL.Path, "/manifests/") {
				pulled.Add(1)
			}
			registry.ServeHTTP(w, r)
		})
	})
	login := t.TempDir()
	file := loginTo(t, images, login)
	beside := d.besideOthers(t)
	beside.namespace = namespace + "-login"
	beside.output(t, "kubectl", "config", "use-context", d.context)
	env := []string{"TODO_CLUSTER=current", "TODO_REGISTRY=" + images, "TODO_NAMESPACE=" + beside.namespace,
		"TODO_HOST=login.local", "TODO_HTTP_PORT=", "TODO_YES=1", "TODO_PULL_SECRETS=registry-login"}

	out := beside.fails(t, "deploy", env...)
	assert.Contains(t, out, "docker login "+images, "nobody has logged in on this machine")
	env = append(env, "DOCKER_CONFIG="+login)
	beside.output(t, "kubectl", "--context", d.context, "create", "namespace", beside.namespace)
	t.Cleanup(func() {
		d.output(t, "kubectl", "--context", d.context, "delete", "namespace", beside.namespace, "--wait=false")
	})
	assert.Contains(t, beside.fails(t, "deploy", env...), "registry-login", "the Secret is not there")
	assert.Zero(t, pulled.Load())
	beside.kubectl(t, "create", "secret", "generic", "registry-login", "--type=kubernetes.io/dockerconfigjson",
		"--from-file=.dockerconfigjson="+file)
	out = beside.must(t, "deploy", env...)
	assert.Contains(t, out, "✓ verify")
	assert.NotContains(t, out, registryPassword)
	assert.GreaterOrEqual(t, pulled.Load(), int32(2), "the node has pulled both images")
	assert.Positive(t, refused.Load(), "without a login nobody was let in")
	t.Logf("%d manifests pulled by the node, %d requests without the login refused", pulled.Load(), refused.Load())
	assert.NotContains(t, beside.helm(t, "get", "all", "todo-app"), registryPassword)
	beside.must(t, "down", env...)
}

// loggedIn reports whether a request has the login, and refuses it else.
func loggedIn(w http.ResponseWriter, r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	if user == "todo" && password == registryPassword {
		return true
	}
	w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
	http.Error(w, "log in first", http.StatusUnauthorized)
	return false
}

// loginTo writes the login to a registry into a folder, as docker does, and returns the file.
func loginTo(t *testing.T, registry, folder string) string {
	t.Helper()
	file := filepath.Join(folder, "config.json")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `{"auths":{%q:{"auth":%q}}}`, registry,
		base64.StdEncoding.EncodeToString([]byte("todo:"+registryPassword))), 0o600))
	return file
}
