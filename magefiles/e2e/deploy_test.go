//go:build e2e

package e2e

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/develop/browser"
)

// TestDeployment is one story: each part finds the deployment as the part before it left it.
func TestDeployment(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, kind)
	var v *visitor

	deployed := t.Run("deploy ends with the app verified, and shows no secret on any command line", func(t *testing.T) {
		seen := watchCommandLines(t, sentinel)
		out := d.asInReadme().must(t, "deploy", key)
		assert.Contains(t, out, "✓ verify")
		assert.NotContains(t, out, sentinel)
		assert.Empty(t, seen(), "programs whose arguments held the secret")
		v = d.visitor(t)
	})
	require.True(t, deployed, "the rest is about what was deployed")
	t.Run("a second deploy changes nothing", func(t *testing.T) {
		before := d.kubectl(t, "get", "pods", "-o", "name")
		revisions := d.helm(t, "history", "todo-app")
		out := d.must(t, "deploy", key)
		assert.Contains(t, out, "unchanged (revision 1)")
		assert.Equal(t, before, d.kubectl(t, "get", "pods", "-o", "name"))
		assert.Equal(t, revisions, d.helm(t, "history", "todo-app"))
	})
	t.Run("a todo made through the API is in the page that the server renders", func(t *testing.T) {
		v.add(t, "survive everything")
		v.sees(t, "survive everything")
		stranger := d.visitor(t)
		_, page, err := stranger.request("GET", "/", "")
		require.NoError(t, err)
		assert.NotContains(t, page, "survive everything", "another visitor's page")
	})
	t.Run("the secret is in the Secret alone", func(t *testing.T) {
		assert.NotContains(t, d.helm(t, "get", "all", "todo-app"), sentinel)
		assert.NotContains(t, d.kubectl(t, "get", "all,configmaps", "-o", "yaml"), sentinel)
		assert.NotContains(t, d.kubectl(t, "get", "secret", "todo-app-settings", "-o", "jsonpath={.metadata}"),
			sentinel)
		assert.Equal(t, sentinel, d.kubectl(t, "exec", "deploy/todo-app-backend", "--", "printenv", "OPENAI_API_KEY"))
	})
	t.Run("helm test proves that each part reaches the next by its Service's name", func(t *testing.T) {
		assert.Contains(t, d.helm(t, "test", "todo-app", "--timeout", "3m"), "Succeeded")
	})
	t.Run("each part has figures for Prometheus, inside of the cluster", func(t *testing.T) {
		for part, counted := range map[string]string{
			"backend":  `http_request_duration_seconds_count{method="POST",operation="create_todo",status="201"} `,
			"frontend": `http_request_duration_seconds_count{method="GET",kind="page",status="200"} `,
		} {
			path := "/api/v1/namespaces/" + d.namespace + "/services/todo-app-" + part + ":metrics/proxy/metrics"
			assert.Contains(t, d.output(t, "kubectl", "--context", d.context, "get", "--raw", path), counted, part)
		}
		for _, path := range []string{"/metrics", "/api/metrics"} {
			status, _, err := v.request("GET", path, "")
			require.NoError(t, err)
			assert.Equal(t, 404, status, "%s through the ingress", path)
		}
	})
	t.Run("a real browser uses the app through the ingress", func(t *testing.T) { d.browse(t) })
	t.Run("status names the release and its workloads", func(t *testing.T) {
		out := d.must(t, "status")
		for _, want := range []string{
			"running", "deployed, revision 1", "todo-app-backend", "todo-app-frontend", "todo-app-postgres",
		} {
			assert.Contains(t, out, want)
		}
	})
	t.Run("two deploys at once both end well", func(t *testing.T) {
		var first bytes.Buffer
		cmd := d.target("deploy", key)
		cmd.Stdout, cmd.Stderr = &first, &first
		require.NoError(t, cmd.Start())
		second := d.must(t, "deploy", key)
		require.NoError(t, cmd.Wait(), first.String())
		assert.Contains(t, first.String(), "✓ verify")
		assert.Contains(t, first.String()+second, "another run works on the kind cluster")
	})
	t.Run("down keeps the data, and the next deploy finds it", func(t *testing.T) {
		d.must(t, "down")
		assert.NotContains(t, d.helm(t, "list", "--short"), "todo-app")
		hosts, err := os.ReadFile(d.hosts)
		require.NoError(t, err)
		assert.Equal(t, othersHosts, string(hosts))
		d.must(t, "deploy", key)
		v.sees(t, "survive everything")
	})
}

// browse runs the browser tests of what the ingress and the pods have a part in. The layer frontend runs the rest.
func (d *deployment) browse(t *testing.T) {
	env := []string{"E2E_BASE_URL=http://" + host + ":" + d.port, "E2E_RESOLVE=127.0.0.1"}
	args := []string{"--test", "--test-concurrency=2", "--test-reporter=spec", "--test-reporter-destination=stdout"}
	if report := os.Getenv("E2E_JUNIT"); report != "" {
		args = append(args, "--test-reporter=junit", "--test-reporter-destination="+report)
	}
	files, err := filepath.Glob(filepath.Join(d.root, "frontend", browser.Ingress, "*.test.mjs"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	cmd := d.command(env, "node", append(args, files...)...)
	cmd.Dir = filepath.Join(d.root, "frontend")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	t.Log(string(out))
	shots, err := filepath.Glob(filepath.Join(os.Getenv("E2E_ARTIFACTS"), "*.png"))
	require.NoError(t, err)
	assert.NotEmpty(t, shots, "screenshots are kept")
}

// listen takes a port and keeps it for the test's time.
func listen(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	_, port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
