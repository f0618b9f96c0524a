//go:build long

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/wait"
)

func TestMinikubeIsMadeAnewAfterAnInterruptionAndAfterSomebodyDeletedIt(t *testing.T) {
	destroyShared()
	d := newDeployment(t, minikube)
	node := func() string { return d.output(t, "docker", "ps", "--quiet", "--filter", "name=^/"+d.node+"$") }
	interrupt := func() { d.interrupted(t, func() bool { return node() != "" }, "cluster") }
	interrupt()
	assert.Contains(t, d.must(t, "cluster"), "created minikube profile")
	d.output(t, "minikube", "delete", "--profile", profile)
	assert.Empty(t, node())
	interrupt()
	d.output(t, "minikube", "delete", "--profile", profile)
	assert.Contains(t, d.must(t, "cluster"), "created minikube profile")
}

func TestAStoppedMinikubeIsStartedAgainWithEveryTodo(t *testing.T) {
	d, v := shared(t, minikube)
	d.output(t, "minikube", "stop", "--profile", profile, "--keep-context-active")
	assert.Contains(t, d.must(t, "deploy", key), "started again")
	v.moves(t, d.address(t))
	v.sees(t, "survive everything")
}

func TestTodosOutliveARestartOfMinikubesNode(t *testing.T) {
	d, v := shared(t, minikube)
	d.output(t, "docker", "restart", d.node)
	d.must(t, "deploy", key)
	v.moves(t, d.address(t))
	v.sees(t, "survive everything")
}

// TestADestroyThatIsInterruptedWhileItKeepsLayersLosesNoTodo stops it where the node's engine is empty and has ended.
func TestADestroyThatIsInterruptedWhileItKeepsLayersLosesNoTodo(t *testing.T) {
	d, v := shared(t, minikube)
	// Something new, so that there is anything to keep: a folder of its own, as an earlier run's may have been kept.
	in := func(script string) {
		t.Helper()
		d.output(t, "docker", "exec", d.node, "sh", "-c", "cd /var/lib/docker/overlay2 && "+script)
	}
	in("head -c 100M /dev/urandom > $(mktemp -d of-a-test.XXXXXX)/file")
	copying := func() bool {
		users := strings.Fields(d.output(t, "docker", "ps", "--filter", "volume="+profile, "--format", "{{.Names}}"))
		return slices.ContainsFunc(users, func(name string) bool { return name != d.node })
	}
	d.interrupted(t, copying, "destroy")
	wait.Until(t, "the copy to end with the destroy", func() bool { return !copying() })
	d.must(t, "deploy", key)
	in("rm -rf of-a-test*")
	v.moves(t, d.address(t))
	v.sees(t, "survive everything")
}
