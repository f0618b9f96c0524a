//go:build long && !windows

package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestADeployGoesToItsOwnClusterWhateverContextIsChosenMeanwhile has somebody choose another kube context whenever a
// step begins, while the cluster is made and while the app is upgraded.
func TestADeployGoesToItsOwnClusterWhateverContextIsChosenMeanwhile(t *testing.T) {
	destroyShared()
	d := newDeployment(t, kind)
	d.root = copyOfSources(t, d.root)
	d.output(t, "kubectl", "config", "set-context", "another", "--cluster=elsewhere", "--user=somebody")
	deploy := func() {
		t.Helper()
		chosen, switched := "elsewhere", 0
		out, err := follow(t, d.command([]string{key}, d.program, "deploy", "-json"), func(e event) {
			if e.Event == "started" {
				chosen = map[string]string{"elsewhere": "another", "another": "elsewhere"}[chosen]
				d.output(t, "kubectl", "config", "use-context", chosen)
				switched++
			}
		})
		require.NoError(t, err, out)
		assert.Greater(t, switched, 8)
		assert.Equal(t, chosen, d.output(t, "kubectl", "config", "current-context"), "what somebody chose last stays")
	}
	deploy()
	v := d.visitor(t)
	v.add(t, "survive everything")
	before := v.version(t)
	d.save(t, "backend/app/main.py", more("# changed by the test"))
	deploy()
	v.sees(t, "survive everything")
	assert.NotEqual(t, before, v.version(t), "the upgrade went to the same cluster")
	assert.Contains(t, d.must(t, "deploy", key), "unchanged (revision 2)")
	d.output(t, "kubectl", "config", "use-context", "elsewhere")
	d.leavesOthersAlone(t)
	d.must(t, "destroy")
	d.isGone(t)
}
