//go:build long

package e2e

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheAppGoesToAnyClusterThroughARegistry takes the app, beside the deployment, to a cluster that this project is
// told nothing about but its kube context: what the cluster runs comes from a registry.
func TestTheAppGoesToAnyClusterThroughARegistry(t *testing.T) {
	d, _ := shared(t, kind)
	images := d.registry(t, everybody)
	beside := d.besideOthers(t)
	beside.namespace = namespace + "-current"
	env := []string{"TODO_CLUSTER=current", "TODO_REGISTRY=" + images, "TODO_NAMESPACE=" + beside.namespace,
		"TODO_HOST=current.local", "TODO_HTTP_PORT="}
	assert.Contains(t, beside.fails(t, "deploy", env...), "TODO_YES=1", "nobody has said that it is the right cluster")
	env = append(env, "TODO_YES=1")
	beside.output(t, "kubectl", "config", "use-context", d.context)

	out := beside.must(t, "deploy", env...)
	assert.Contains(t, out, "✓ verify")
	defer beside.output(t, "kubectl", "--context", d.context, "delete", "namespace", beside.namespace, "--wait=false")
	running := beside.kubectl(t, "get", "pods", "--selector", "app.kubernetes.io/component in (backend,frontend)",
		"-o", "jsonpath={.items[*].spec.containers[*].image}")
	for _, image := range strings.Fields(running) {
		assert.True(t, strings.HasPrefix(image, images+"/todo-"), "%s comes from the registry", image)
	}
	assert.Contains(t, beside.must(t, "deploy", env...), "unchanged (revision 1)")
	assert.Contains(t, beside.fails(t, "destroy", env...), "this project did not make it")
	assert.Contains(t, beside.helm(t, "list", "--short"), "todo-app", "the app stays, too")
	beside.must(t, "down", env...)
	assert.NotContains(t, beside.helm(t, "list", "--short"), "todo-app")
}

// besideOthers is the same cluster for somebody else, who has a kubeconfig and a hosts file of their own: kubectl
// rewrites the one in place, which whoever reads it at that moment would see half of.
func (d *deployment) besideOthers(t *testing.T) *deployment {
	t.Helper()
	beside, folder := *d, t.TempDir()
	beside.kubeconfig, beside.hosts = filepath.Join(folder, "kubeconfig"), filepath.Join(folder, "hosts")
	text, err := os.ReadFile(d.kubeconfig)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(beside.kubeconfig, text, 0o600))
	require.NoError(t, os.WriteFile(beside.hosts, []byte(othersHosts), 0o644))
	beside.env = append(slices.Clone(d.env), "KUBECONFIG="+beside.kubeconfig, "TODO_HOSTS_FILE="+beside.hosts)
	return &beside
}

// everybody may use a registry.
func everybody(registry http.Handler) http.Handler { return registry }

// registry serves one, empty, to whom it lets in, until the test ends. The engine reaches it at 127.0.0.1, which it
// takes without TLS, and the node by the same name, which its containerd is told to look up at the network's gateway.
func (d *deployment) registry(t *testing.T, to func(http.Handler) http.Handler) string {
	t.Helper()
	gateway := d.output(t, "docker", "network", "inspect", "kind",
		"--format", `{{range .IPAM.Config}}{{println .Gateway}}{{end}}`)
	for _, ip := range strings.Fields(gateway) {
		if strings.Contains(ip, ".") {
			gateway = ip
		}
	}
	port := freePort(t)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second,
		Handler: to(registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(t.TempDir())),
			registry.Logger(log.New(io.Discard, "", 0))))}
	t.Cleanup(func() { _ = server.Close() })
	for _, ip := range []string{"127.0.0.1", gateway} {
		listener, err := net.Listen("tcp", net.JoinHostPort(ip, port))
		require.NoError(t, err)
		go func() { _ = server.Serve(listener) }()
	}
	name := "127.0.0.1:" + port
	settle := d.command(nil, "docker", "exec", "--interactive", d.node, "sh", "-ec", resolve, "sh", name)
	settle.Stdin = strings.NewReader(`[host."http://` + net.JoinHostPort(gateway, port) + `"]` + "\n")
	out, err := settle.CombinedOutput()
	require.NoError(t, err, string(out))
	return name
}

// resolve tells a node's containerd where the registry $1 is; containerd before 2 looks into that folder only when told
// to.
const resolve = `
folder=/etc/containerd/certs.d
mkdir -p "$folder/$1"
cat > "$folder/$1/hosts.toml"
containerd config dump | grep -q "$folder" || {
	printf '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "%s"\n' "$folder" \
		>> /etc/containerd/config.toml
	systemctl restart containerd
}`
