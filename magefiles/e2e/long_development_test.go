//go:build long && !windows

package e2e

import (
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPagesAreDevelopedOnADeployment runs the frontend's sources on a deployment's backend, as `dev -cluster` does.
func TestPagesAreDevelopedOnADeployment(t *testing.T) {
	deployed, inCluster := shared(t, kind)
	cache := developmentCache(t)
	d := develop(t, developmentSources(t), cache, []string{"-cluster"}, deployed.env...)
	v := newVisitor(t, d.url)
	v.add(t, "Added while developing")
	v.sees(t, "Added while developing")
	v.movesInto(t, inCluster)
	inCluster.sees(t, "Added while developing")

	status, answer, err := v.requestFrom("http://elsewhere.example", "POST", "/api/todos", `{"title": "Not mine"}`)
	require.NoError(t, err)
	assert.Equal(t, http.StatusForbidden, status, answer)
	status, answer, err = v.request("POST", "/api/chat", `{"message": "add milk"}`)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, answer)
	assert.Contains(t, answer, "event: done")

	page := newSourceLine(t, d.cmd.Dir, "frontend/app/layout.tsx", "<body")
	page.edit(t, "<body", `<body data-edited="while developing"`)
	v.sees(t, `data-edited="while developing"`)
	databases, err := filepath.Glob(filepath.Join(cache, "dev-*", "postgres"))
	require.NoError(t, err)
	assert.Empty(t, databases)
	d.interrupt(t)
	d.leavesNothing(t)
	inCluster.sees(t, "Added while developing")

	out := deployed.command([]string{"TODO_PROFILE=" + profile + "-none"}, "go", "run", ".", "dev", "-cluster")
	out.Dir = d.cmd.Dir
	text, err := out.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(text), "is absent")
}

// TestDevelopmentEndsWithAnyOfItsServers develops twice: todos are kept, and what is left is ended when a server is.
func TestDevelopmentEndsWithAnyOfItsServers(t *testing.T) {
	root, cache := developmentSources(t), developmentCache(t)
	d := develop(t, root, cache, nil)
	v := newVisitor(t, d.url)
	v.add(t, "Kept while developing")
	d.interrupt(t)
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

// movesInto makes another visitor the same guest, at another address.
func (v *visitor) movesInto(t *testing.T, other *visitor) {
	t.Helper()
	from, err := url.Parse(v.url)
	require.NoError(t, err)
	to, err := url.Parse(other.url)
	require.NoError(t, err)
	other.client.Jar.SetCookies(to, v.client.Jar.Cookies(from))
}
