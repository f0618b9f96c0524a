//go:build minikube

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMinikube is the story of a cluster whose images are built inside of it.
func TestMinikube(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, minikube)
	var v *visitor
	var others string
	t.Cleanup(func() { d.output(t, "minikube", "delete", "--profile", otherProfile) })

	t.Run("a machine that is too small is refused before it is made", func(t *testing.T) {
		for set, says := range map[string]string{"TODO_CPUS=1": "TODO_CPUS", "TODO_MEMORY=512m": "TODO_MEMORY"} {
			assert.Contains(t, d.fails(t, "deploy", set), says)
		}
		assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "name=^/"+d.node+"$"))
	})
	deployed := t.Run("deploy ends with the app verified, whose images are in the node", func(t *testing.T) {
		seen := watchCommandLines(t, sentinel)
		out := d.asInReadme().must(t, "deploy", key)
		assert.Contains(t, out, "created minikube profile")
		assert.Contains(t, out, "✓ verify")
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
	t.Run("another profile and another context are there beside it", func(t *testing.T) {
		d.leavesOthersAlone(t)
		others = d.otherProfile(t)
	})
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
		require.NoError(t, os.WriteFile(file, fmt.Appendf(text, "\n# changed at %s\n", time.Now()), 0o644))
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
		assert.Equal(t, others, d.describe(t, otherProfile))
	})
}

// otherProfile is a machine of minikube's beside the one under test.
var otherProfile = profile + "-other"

// otherProfile starts that machine, without Kubernetes, and describes it.
func (d *deployment) otherProfile(t *testing.T) string {
	t.Helper()
	d.output(t, "minikube", "delete", "--profile", otherProfile) // what an interrupted run left
	image := d.output(t, "docker", "inspect", "--format", "{{.Config.Image}}", d.node)
	args := []string{"start", "--profile", otherProfile, "--no-kubernetes", "--driver=docker", "--base-image=" + image,
		"--memory=2g", "--keep-context=true", "--interactive=false"}
	if os.Geteuid() == 0 {
		args = append(args, "--force")
	}
	d.output(t, "minikube", args...)
	return d.describe(t, otherProfile)
}

// describe is all that must stay of a machine: which container it is, since when it runs, and how its profile was made.
func (d *deployment) describe(t *testing.T, name string) string {
	t.Helper()
	home := os.Getenv("MINIKUBE_HOME")
	if home == "" {
		var err error
		home, err = os.UserHomeDir()
		require.NoError(t, err)
	}
	config, err := os.ReadFile(
		filepath.Join(strings.TrimSuffix(home, "/.minikube"), ".minikube", "profiles", name, "config.json"))
	require.NoError(t, err)
	return d.output(t, "docker", "inspect", "--format", "{{.Id}} {{.State.StartedAt}}", name) + "\n" + string(config)
}
