//go:build long

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/wait"
)

// TestThePodsFollowTheLoad turns autoscaling on, makes the backend work, and lets it rest.
func TestThePodsFollowTheLoad(t *testing.T) {
	d, _ := shared(t, kind)
	d.metricsServer(t)
	d.helm(t, "upgrade", "todo-app", "deploy/helm/todo-app", "--reset-then-reuse-values", "--wait", "--timeout=10m",
		"--set=backend.autoscaling.enabled=true,backend.autoscaling.minReplicas=1,backend.autoscaling.maxReplicas=3",
		"--set=backend.autoscaling.cpu=100m")
	pods := func() int {
		t.Helper()
		count, err := strconv.Atoi(d.kubectl(t, "get", "deployment", chart.Object(chart.Backend), "-o",
			"jsonpath={.status.readyReplicas}"))
		require.NoError(t, err)
		return count
	}
	said := func() string { return d.kubectl(t, "describe", "hpa") }
	wait.Until(t, "the autoscaler to know what the pod uses", func() bool {
		return d.kubectl(t, "get", "hpa", "-o", "jsonpath={.items[*].status.currentMetrics[*].resource.name}") == "cpu"
	}, said)
	began := time.Now()
	visitors := d.visitors(t, 60)
	wait.Until(t, "more pods under load", func() bool { return pods() > 1 }, said)
	t.Logf("%d pods after %s of 60 requests a second", pods(), time.Since(began).Round(time.Second))
	visitors.end()
	began = time.Now()
	wait.Until(t, "one pod at rest", func() bool { return pods() == 1 }, said)
	t.Logf("one pod after %s at rest", time.Since(began).Round(time.Second))
	require.Empty(t, visitors.failedSince(0), "requests that failed meanwhile")
}

// metricsServer runs the one of Kubernetes, compiled from its module, until the test ends.
func (d *deployment) metricsServer(t *testing.T) {
	t.Helper()
	const module, name = "sigs.k8s.io/metrics-server", "metrics-server:test"
	folder, tool := t.TempDir(), filepath.Join(d.root, "tools", "metrics-server")
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644))
	}
	build := d.command([]string{"CGO_ENABLED=0", "GOFLAGS=-buildvcs=false"}, "go", "build", "-ldflags=-s -w",
		"-o", filepath.Join(folder, "metrics-server"), module+"/cmd/metrics-server")
	build.Dir = tool
	d.runs(t, build)
	write("Dockerfile", "FROM scratch\nCOPY metrics-server /\nENTRYPOINT [\"/metrics-server\"]\n")
	d.output(t, "docker", "build", "--quiet", "--tag", name, folder)
	t.Cleanup(func() { d.output(t, "docker", "image", "rm", "--force", name) })
	load := d.command(nil, "sh", "-c", "docker save "+name+" | docker exec -i "+d.node+" ctr --namespace k8s.io images import -")
	d.runs(t, load)

	find := d.command(nil, "go", "list", "-m", "-json", module)
	find.Dir = tool
	out, err := find.Output()
	require.NoError(t, err)
	var found struct{ Dir string }
	require.NoError(t, json.Unmarshal(out, &found))
	require.NoError(t, os.CopyFS(filepath.Join(folder, "base"), os.DirFS(filepath.Join(found.Dir, "manifests", "base"))))
	write("kustomization.yaml", strings.ReplaceAll(`resources: [base]
images: [{name: IMAGE, newName: metrics-server, newTag: test}]
patches:
  - target: {kind: Deployment}
    # The kubelets of kind have certificates that nobody has signed.
    patch: '[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--kubelet-insecure-tls"}]'
`, "IMAGE", "gcr.io/k8s-staging-metrics-server/metrics-server"))
	d.output(t, "kubectl", "--context", d.context, "apply", "--kustomize", folder)
	t.Cleanup(func() {
		d.output(t, "kubectl", "--context", d.context, "delete", "--wait=false", "--kustomize", folder)
	})
}

// runs ends a command well.
func (d *deployment) runs(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", cmd, out)
}
