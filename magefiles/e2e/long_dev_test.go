//go:build long && !windows

package e2e

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDevelopment develops until the user ends it. Compiling a page takes Next.js a minute of a core, a tenth of all tests.
func TestDevelopment(t *testing.T) {
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
}
