//go:build minikube

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMinikube is the story of a cluster whose images are built inside of it.
func TestMinikube(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, minikube)
	var v *visitor

	t.Run("a machine that is too small is refused before it is made", func(t *testing.T) {
		for set, says := range map[string]string{"TODO_CPUS=1": "TODO_CPUS", "TODO_MEMORY=512m": "TODO_MEMORY"} {
			assert.Contains(t, d.fails(t, "deploy", set), says)
		}
		assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "name=^/"+d.node+"$"))
	})
	deployed := t.Run("deploy builds the images inside of the node and ends with the app verified", func(t *testing.T) {
		seen := watchCommandLines(t, sentinel)
		out := d.asInReadme().must(t, "deploy", key)
		assert.Contains(t, out, "created minikube profile")
		assert.Contains(t, out, "✓ verify")
		assert.Contains(t, out, "built backend")
		assert.NotContains(t, out, sentinel)
		assert.Empty(t, seen(), "programs whose arguments held the secret")
		running := d.kubectl(t, "get", "deploy", "todo-app-backend",
			"-o", "jsonpath={.spec.template.spec.containers[0].image}")
		assert.Contains(t,
			d.output(t, "docker", "exec", d.node, "docker", "images", "--format", "{{.Repository}}:{{.Tag}}"), running)
		v = d.visitor(t)
		v.add(t, "survive everything")
		v.sees(t, "survive everything")
	})
	require.True(t, deployed, "the rest is about what was deployed")
	t.Run("a second deploy changes nothing", func(t *testing.T) {
		before := d.kubectl(t, "get", "pods", "-o", "name")
		assert.Contains(t, d.must(t, "deploy", key), "unchanged (revision 1)")
		assert.Equal(t, before, d.kubectl(t, "get", "pods", "-o", "name"))
	})
	t.Run("helm test proves that each part reaches the next by its Service's name", func(t *testing.T) {
		assert.Contains(t, d.helm(t, "test", "todo-app", "--timeout", "3m"), "Succeeded")
	})
	t.Run("a changed source is built in the node and rolled out", func(t *testing.T) {
		changed := d.asInReadme()
		changed.root = copyOfSources(t, d.root)
		file := filepath.Join(changed.root, "backend", "app", "main.py")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(text, "\n# changed\n"...), 0o644))
		out := changed.must(t, "deploy", key)
		assert.Contains(t, out, "built backend")
		assert.NotContains(t, out, "built frontend")
		v.sees(t, "survive everything")
	})
	t.Run("destroy leaves nothing of its own, and all that is others'", func(t *testing.T) {
		d.must(t, "destroy")
		assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "name=^/"+d.node+"$"))
		hosts, err := os.ReadFile(d.hosts)
		require.NoError(t, err)
		assert.Equal(t, othersHosts, string(hosts))
		d.leavesOthersAlone(t)
	})
}
