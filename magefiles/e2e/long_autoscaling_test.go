//go:build long

package e2e

import (
	"os"
	"path/filepath"
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
		return len(d.readyNodesOf(t, chart.Backend))
	}
	said := func() string { return d.kubectl(t, "describe", "hpa") }
	wait.Until(t, "the autoscaler to know what the pod uses", func() bool {
		return d.kubectl(t, "get", "hpa", "-o", "jsonpath={.items[*].status.currentMetrics[*].resource.name}") == "cpu"
	}, said)
	began := time.Now()
	visitors := d.visitors(t, 30)
	wait.Until(t, "more pods under load", func() bool { return pods() > 1 }, said)
	t.Logf("%d pods after %s of 30 requests a second", pods(), time.Since(began).Round(time.Second))
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
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	d.output(t, "env", "CGO_ENABLED=0", "go", "-C", tool, "build", "-buildvcs=false", "-ldflags=-s -w",
		"-o", filepath.Join(folder, "metrics-server"), module+"/cmd/metrics-server")
	write("Dockerfile", "FROM scratch\nCOPY metrics-server /\nENTRYPOINT [\"/metrics-server\"]\n")
	d.output(t, "docker", "build", "--quiet", "--tag", name, folder)
	t.Cleanup(func() { d.output(t, "docker", "image", "rm", "--force", name) })
	d.output(t, "sh", "-c", "docker save "+name+" | docker exec -i "+d.node+" ctr --namespace k8s.io images import -")

	source := d.output(t, "go", "-C", tool, "list", "-m", "-f", "{{.Dir}}", module)
	require.NoError(t, os.CopyFS(filepath.Join(folder, "base"), os.DirFS(filepath.Join(source, "manifests", "base"))))
	write("all/kustomization.yaml", `resources: [../base]
images: [{name: gcr.io/k8s-staging-metrics-server/metrics-server, newName: metrics-server, newTag: test}]
patches:
  - target: {kind: Deployment}
    # The kubelets of kind have certificates that nobody has signed.
    patch: '[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--kubelet-insecure-tls"}]'
`)
	write("pod/kustomization.yaml", `resources: [../all]
patches:
  - target: {kind: APIService}
    patch: '{"$patch": "delete", "kind": "APIService", "metadata": {"name": "any"}}'
`)
	metrics := func(args ...string) {
		t.Helper()
		d.output(t, "kubectl", append([]string{"--context", d.context, "--namespace=kube-system"}, args...)...)
	}
	t.Cleanup(func() { metrics("delete", "--wait=false", "--kustomize", filepath.Join(folder, "all")) })
	// The API server asks at once, and keeps the connection: to whatever answers at an address that no pod has yet.
	metrics("apply", "--kustomize", filepath.Join(folder, "pod"))
	metrics("rollout", "status", "deployment/metrics-server", "--timeout=10m")
	metrics("apply", "--kustomize", filepath.Join(folder, "all"))
}
