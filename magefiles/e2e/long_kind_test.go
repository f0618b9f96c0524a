//go:build long

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTodosOutliveEveryPodAndARestartOfTheNode takes each part away and looks for the todo again.
func TestTodosOutliveEveryPodAndARestartOfTheNode(t *testing.T) {
	d, v := shared(t, kind)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(d.kubectl(t, "get", "pods,endpointslices", "-o", "wide"))
			t.Log(d.kubectl(t, "logs", "--selector", "app.kubernetes.io/instance=todo-app", "--all-containers",
				"--prefix", "--timestamps", "--tail=40"))
		}
	})
	for _, parts := range []string{"in (frontend, backend)", "in (postgres)"} {
		selector := "--selector=app.kubernetes.io/component " + parts
		d.kubectl(t, "delete", "pod", selector, "--wait=true")
		d.kubectl(t, "wait", "pod", selector, "--for=condition=Ready", "--timeout=10m")
		v.sees(t, "survive everything")
	}
	d.output(t, "docker", "restart", d.node)
	d.must(t, "deploy", key)
	v.sees(t, "survive everything")
}

func TestAnInterruptedUpgradeIsCompletedByTheNextDeploy(t *testing.T) {
	d, v := shared(t, kind)
	d.interrupted(t, func() bool {
		return strings.Contains(d.helm(t, "history", "todo-app", "--output", "json"), "pending-upgrade")
	}, "deploy", "OPENAI_API_KEY=another-key-of-the-test")
	d.must(t, "deploy", key)
	v.sees(t, "survive everything")
}

// TestMistakesLeaveTheRunningAppAsItIs makes what users get wrong on a running deployment: each is one clear error, and
// the app goes on serving.
func TestMistakesLeaveTheRunningAppAsItIs(t *testing.T) {
	d, v := shared(t, kind)
	t.Run("a DATABASE_URL that leads to something else than Postgres", func(t *testing.T) {
		out := d.fails(t, "deploy", "DATABASE_URL=postgresql://todo:hunter2hunter2@todo-app-backend:8000/todo")
		assert.NotContains(t, out, "hunter2hunter2")
		assert.Contains(t, out, "what to do")
		assert.Contains(t, out, "DATABASE_URL")
		assert.Contains(t, out, "migrating the database at todo-app-backend:8000/todo", "the pod's own words")
		assert.Contains(t, out, "nothing is changed yet")
		v.sees(t, "survive everything")
		assert.Contains(t, d.must(t, "deploy", key), "unchanged (revision ")
	})
	t.Run("a DATABASE_URL whose host has no address", func(t *testing.T) {
		began := time.Now()
		out := d.fails(t, "deploy", "DATABASE_URL=postgresql://todo:hunter2hunter2@nowhere.svc.cluster.local./todo")
		t.Logf("told after %s", time.Since(began).Round(time.Second))
		assert.Contains(t, out, "failed to resolve host 'nowhere.svc.cluster.local.'")
		assert.NotContains(t, out, "waiting for the database", "a name that its resolver does not know is final")
		assert.Contains(t, out, "nothing is changed yet")
		v.sees(t, "survive everything")
	})
	t.Run("a broken Dockerfile", func(t *testing.T) {
		broken := d.asInReadme()
		broken.root = copyOfSources(t, d.root)
		file := filepath.Join(broken.root, "backend", "Dockerfile")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, append(text, "\nRUN no-such-program\n"...), 0o644))
		out := broken.fails(t, "deploy")
		assert.Contains(t, out, "building the image todo-backend:")
		assert.Contains(t, out, "no-such-program")
		v.sees(t, "survive everything")
	})
	t.Run("another port than the cluster's", func(t *testing.T) {
		out := d.fails(t, "deploy", "TODO_HTTP_PORT="+freePort(t))
		assert.Contains(t, out, "TODO_HTTP_PORT")
		v.sees(t, "survive everything")
	})
}
