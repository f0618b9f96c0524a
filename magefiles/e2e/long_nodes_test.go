//go:build long

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/wait"
)

// TestThreeNodesLoseNoRequest is one story on three nodes with two pods of each part, under 30 requests a second: what
// is planned costs no request, what is not costs few, and no todo that was acknowledged is ever lost.
func TestThreeNodesLoseNoRequest(t *testing.T) {
	destroyShared()
	d := newDeployment(t, kind)
	d.env = append(d.env, "TODO_NODES=3")
	out := d.must(t, "deploy", key)
	assert.Contains(t, out, "✓ verify")
	d.settled(t)
	for _, part := range []string{chart.Backend, chart.Frontend} {
		assert.Len(t, d.nodesOf(t, part), 2, "the nodes of the two pods of %s", part)
	}
	visitors := d.visitors(t, 30)

	t.Run("planned changes lose none of 5000 requests", func(t *testing.T) {
		before := visitors.sent()
		turn := func(text string) string {
			return "backend.podAnnotations.turn=" + text + ",frontend.podAnnotations.turn=" + text
		}
		calm := func() { t.Helper(); d.settled(t); visitors.untilAnswered(t, visitors.sent()) }
		d.helm(t, "upgrade", "todo-app", "deploy/helm/todo-app", "--reset-then-reuse-values", "--wait", "--timeout=10m",
			"--set-string", turn("second"))
		calm()
		d.helm(t, "rollback", "todo-app", "--wait", "--timeout=10m")
		calm()
		worker := d.nodesOf(t, chart.Frontend)[0]
		d.kubectl(t, "drain", worker, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=10m")
		calm()
		d.kubectl(t, "uncordon", worker)
		for _, replicas := range []string{"4", "2"} {
			for _, part := range []string{chart.Backend, chart.Frontend} {
				d.kubectl(t, "scale", "deployment/"+chart.Object(part), "--replicas="+replicas)
				calm()
			}
		}
		visitors.untilAnswered(t, before+5000)
		assert.Empty(t, visitors.failedSince(before))
	})
	t.Run("a pod of each part that is killed costs at most what it had in hand", func(t *testing.T) {
		for _, part := range []string{chart.Backend, chart.Frontend} {
			before := visitors.sent()
			pod, _, _ := strings.Cut(d.kubectl(t, "get", "pods", "--selector="+chart.ComponentSelector(part), "-o", "name"), "\n")
			inHand := visitors.inHand()
			d.kubectl(t, "delete", pod, "--grace-period=0", "--force")
			d.settled(t)
			visitors.untilAnswered(t, before+300)
			failed := visitors.failedSince(before)
			t.Logf("%s: %d failed, %d were in hand: %v", part, len(failed), inHand, failed)
			assert.LessOrEqual(t, len(failed), inHand)
		}
	})
	t.Run("a worker that is lost without warning is done without, and comes back", func(t *testing.T) {
		before, began := visitors.sent(), time.Now()
		worker := d.nodesOf(t, chart.Frontend)[0]
		d.output(t, "docker", "kill", worker)
		wait.Until(t, "each part to have two pods on the nodes that are left", func() bool {
			for _, part := range []string{chart.Backend, chart.Frontend} {
				if ready := d.readyNodesOf(t, part); len(ready) != 2 || slices.Contains(ready, worker) {
					return false
				}
			}
			return true
		})
		moved := time.Since(began)
		visitors.untilAnswered(t, visitors.sent()+300)
		failed := visitors.failedSince(before)
		t.Logf("moved after %s; %d failed, for %s: %v", moved.Round(time.Second), len(failed), span(failed), failed)
		assert.Less(t, moved, 90*time.Second)
		d.must(t, "deploy", key)
		d.settled(t)
	})
	t.Run("the node of the database and the ingress takes everything along, and brings it back", func(t *testing.T) {
		d.output(t, "docker", "kill", d.node)
		visitors.untilAnswered(t, visitors.sent()+150)
		d.must(t, "deploy", key)
		d.settled(t)
		before := visitors.sent()
		visitors.untilAnswered(t, before+300)
		assert.Empty(t, visitors.failedSince(before), "after it came back")
	})

	made := visitors.end()
	kept := strings.Fields(d.sql(t, "SELECT title FROM todos"))
	require.NotEmpty(t, made)
	for _, title := range made {
		assert.Contains(t, kept, title, "a todo that was acknowledged")
	}
	t.Logf("%d requests, %d todos acknowledged, all there", visitors.sent(), len(made))
}

// settled waits until every pod of both parts is ready, and those before it are gone.
func (d *deployment) settled(t *testing.T) {
	t.Helper()
	for _, part := range []string{chart.Backend, chart.Frontend} {
		d.kubectl(t, "rollout", "status", "deployment/"+chart.Object(part), "--timeout=10m")
	}
}

// nodesOf are the nodes that a part's pods are on, in order.
func (d *deployment) nodesOf(t *testing.T, part string) []string {
	t.Helper()
	return slices.Compact(slices.Sorted(slices.Values(strings.Fields(d.kubectl(t, "get", "pods",
		"--selector="+chart.ComponentSelector(part), "-o", "jsonpath={.items[*].spec.nodeName}")))))
}

// readyNodesOf are the nodes of a part's pods that are ready, one for each.
func (d *deployment) readyNodesOf(t *testing.T, part string) []string {
	t.Helper()
	return strings.Fields(d.kubectl(t, "get", "pods", "--selector="+chart.ComponentSelector(part), "-o",
		`go-template={{range .items}}{{$node := .spec.nodeName}}{{range .status.conditions}}`+
			`{{if and (eq .type "Ready") (eq .status "True")}}{{$node}} {{end}}{{end}}{{end}}`))
}
