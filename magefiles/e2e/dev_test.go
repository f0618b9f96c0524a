//go:build e2e && !windows

package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDevelopment develops twice: the first time the user ends it, the second time one of its servers does.
func TestDevelopment(t *testing.T) {
	t.Parallel()
	root, cache, model := developmentSources(t), developmentCache(t), newSlowModel(t)
	d := develop(t, root, cache, nil, model.env()...)
	v := newVisitor(t, d.url)
	v.add(t, "Kept while developing")
	v.sees(t, "Kept while developing")
	v.hearsEachWord(t, model)
	second := exec.Command("go", "run", ".", "dev")
	second.Dir, second.Env = root, d.cmd.Env
	out, err := second.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "it runs already")
	d.interrupt(t)
	d.interrupt(t) // an impatient user
	d.leavesNothing(t)

	d = develop(t, root, cache, nil)
	v.url = d.url
	v.sees(t, "Kept while developing")
	for _, p := range d.runs {
		args, _ := exec.Command("ps", "-ww", "-o", "args=", "-p", p.pid).Output()
		if strings.Contains(string(args), "-m app") {
			require.NoError(t, exec.Command("kill", "-KILL", p.pid).Run())
		}
	}
	d.leavesNothing(t)
	assert.Contains(t, d.text(t), "the backend has ended: ")
	assert.Contains(t, d.text(t), "signal: killed")
}
