//go:build long

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// earlier is the last commit before deployments were marked as this project's.
const earlier = "2b76838"

// deployedEarlier is a deployment that the earlier version has made.
func deployedEarlier(t *testing.T) *deployment {
	t.Helper()
	destroyShared()
	d := newDeployment(t, kind)
	before := d.asInReadme()
	before.root = d.earlierSources(t)
	before.env = append(slices.Clone(d.env), "TODO_CACHE="+t.TempDir()) // its seals of programs are others than today's
	before.must(t, "deploy", key)
	d.output(t, "kubectl", "config", "use-context", "elsewhere") // as it was: that version made its own the current one
	return d
}

// earlierSources is a folder with those of the earlier version.
func (d *deployment) earlierSources(t *testing.T) string {
	t.Helper()
	if exec.Command("git", "-C", d.root, "cat-file", "-e", earlier).Run() != nil {
		t.Skip("this clone is shallow: it lacks the commit " + earlier)
	}
	folder, archive := t.TempDir(), filepath.Join(t.TempDir(), "sources.tar")
	d.output(t, "git", "archive", "--output", archive, earlier)
	d.output(t, "tar", "-xf", archive, "-C", folder)
	return folder
}

// hasHosts checks the hosts file.
func (d *deployment) hasHosts(t *testing.T, want string) {
	t.Helper()
	hosts, err := os.ReadFile(d.hosts)
	require.NoError(t, err)
	assert.Equal(t, want, string(hosts))
}

// isGone checks that a destroy has left nothing.
func (d *deployment) isGone(t *testing.T) {
	t.Helper()
	d.hasHosts(t, othersHosts)
	assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "name=^/"+d.node+"$"))
	d.leavesOthersAlone(t)
}

// TestADeploymentOfAnEarlierVersionIsUpgraded has today's code go on with it.
func TestADeploymentOfAnEarlierVersionIsUpgraded(t *testing.T) {
	d := deployedEarlier(t)
	v := d.visitor(t)
	v.add(t, "survive everything")
	v.sees(t, "survive everything")

	assert.Contains(t, d.must(t, "doctor", key), d.name)
	out := d.must(t, "deploy", key)
	assert.Contains(t, out, "revision 2, every pod ready", "it is upgraded, not made anew")
	v.sees(t, "survive everything")
	assert.Contains(t, d.must(t, "deploy", key), "unchanged (revision 2)")
	hosts, err := os.ReadFile(d.hosts)
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(string(hosts), " "+host), "the line of the earlier version is taken over")

	d.must(t, "down")
	d.hasHosts(t, othersHosts)
	d.must(t, "deploy", key)
	v.sees(t, "survive everything")
	d.must(t, "destroy")
	d.isGone(t)
}

// TestADeploymentOfAnEarlierVersionIsRemoved has today's code remove it, never upgraded.
func TestADeploymentOfAnEarlierVersionIsRemoved(t *testing.T) {
	d := deployedEarlier(t)
	d.must(t, "down")
	d.hasHosts(t, othersHosts)
	assert.Empty(t, d.helm(t, "list", "--short"))
	d.must(t, "destroy")
	d.isGone(t)
}
