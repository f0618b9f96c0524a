//go:build long

package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestABackupBringsBackWhatWasThere, and a part of one changes nothing.
func TestABackupBringsBackWhatWasThere(t *testing.T) {
	d, v := shared(t, kind)
	file := filepath.Join(t.TempDir(), "a.backup")
	d.output(t, d.program, "backup", "-file="+file)
	v.add(t, "added after the backup")
	v.sees(t, "added after the backup")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	part := filepath.Join(t.TempDir(), "part.backup")
	require.NoError(t, os.WriteFile(part, text[:len(text)/2], 0o600))
	yes := []string{"TODO_YES=1"}
	out, err := d.command(yes, d.program, "restore", part).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "(nothing is changed): it is no backup, or a part of one")
	v.sees(t, "added after the backup")

	out, err = d.command(nil, d.program, "restore", file).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "set TODO_YES=1 if it shall")
	out, err = d.command(yes, d.program, "restore", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	v.sees(t, "survive everything")
	status, page, err := v.request(http.MethodGet, "/", "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.NotContains(t, page, "added after the backup")
}
