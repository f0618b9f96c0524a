//go:build long

package e2e

import (
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	kindv1 "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	"sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/wait"
)

// TestAClusterOfIPv6AloneServesTheApp installs the chart and Traefik in a cluster whose pods and Services have no other
// address, and visits the app there.
func TestAClusterOfIPv6AloneServesTheApp(t *testing.T) {
	d, _ := shared(t, kind)
	six := d.ipv6Cluster(t)
	six.output(t, "kubectl", "--context", six.context, "apply", "--kustomize", "deploy/ingress")
	six.output(t, "kubectl", "--context", six.context, "create", "namespace", six.namespace)
	six.helm(t, append([]string{"install", "todo-app", "deploy/helm/todo-app", "--wait", "--timeout", "10m"}, d.tags(t)...)...)
	for _, address := range strings.Fields(six.kubectl(t, "get", "pods,services", "-o",
		"jsonpath={.items[*].status.podIP} {.items[*].spec.clusterIP}")) {
		assert.True(t, netip.MustParseAddr(address).Is6(), address)
	}
	assert.Contains(t, six.helm(t, "test", "todo-app", "--timeout", "5m"), "Succeeded")

	node := six.output(t, "docker", "inspect", "--format", "{{.NetworkSettings.Networks.kind.GlobalIPv6Address}}", six.node)
	v := newVisitor(t, "")
	v.moves(t, net.JoinHostPort(node, "80"))
	v.answers(t, "/api/version")
	v.add(t, "made over IPv6")
	v.sees(t, "made over IPv6")
}

// ipv6Cluster is a cluster of one node beside the deployment, of the same image and with the same images, until the test
// ends.
func (d *deployment) ipv6Cluster(t *testing.T) *deployment {
	t.Helper()
	name := profile + "-ipv6"
	six := &deployment{provider: provider{"kind", "kind-" + name, name + "-control-plane"}, namespace: "todo-app",
		root: d.root, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	six.env = []string{"KUBECONFIG=" + six.kubeconfig}
	clusters := cluster.NewProvider(cluster.ProviderWithDocker())
	remove := func() { assert.NoError(t, clusters.Delete(name, six.kubeconfig)) }
	remove() // what an earlier run left
	t.Cleanup(remove)
	image := d.output(t, "docker", "inspect", "--format", "{{.Config.Image}}", d.node)
	require.NoError(t, clusters.Create(name, cluster.CreateWithNodeImage(image),
		cluster.CreateWithKubeconfigPath(six.kubeconfig), cluster.CreateWithWaitForReady(0*time.Second),
		cluster.CreateWithV1Alpha4Config(&kindv1.Cluster{Networking: kindv1.Networking{IPFamily: kindv1.IPv6Family}})))

	const network = "/etc/cni/net.d/10-todo-app.conflist" // what a node has that was built from packages
	six.kubectl(t, "wait", "node", six.node, "--for=jsonpath={.spec.podCIDR}", "--timeout=10m")
	pods := six.kubectl(t, "get", "node", six.node, "-o", "jsonpath={.spec.podCIDR}")
	six.output(t, "docker", "exec", six.node, "sh", "-c", "[ ! -e "+network+" ] || sed -i "+
		`-e 's|"subnet": "[^"]*"|"subnet": "`+pods+`"|' -e 's|0.0.0.0/0|::/0|' `+network)
	var addresses string
	wait.Until(t, "no pod to have the address that it got before that", func() bool {
		addresses = six.output(t, "kubectl", "--context", six.context, "--namespace", "kube-system", "get", "pods", "-o",
			`jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\n"}{end}`)
		gone := true
		for line := range strings.Lines(addresses) {
			pod, ip, _ := strings.Cut(strings.TrimSpace(line), " ")
			if strings.Contains(ip, ".") {
				six.output(t, "kubectl", "--context", six.context, "--namespace", "kube-system", "delete", "pod", pod,
					"--ignore-not-found", "--grace-period=1")
			}
			gone = gone && strings.Contains(ip, ":")
		}
		return gone
	}, func() string { return addresses })

	images := strings.Fields(d.output(t, "docker", "exec", d.node, "ctr", "--namespace", "k8s.io", "images", "list", "--quiet",
		"name~=/library/"))
	require.NotEmpty(t, images)
	d.output(t, "sh", "-c", "docker exec "+d.node+" ctr --namespace k8s.io images export - "+strings.Join(images, " ")+
		" | docker exec -i "+six.node+" ctr --namespace k8s.io images import -")
	wait.Until(t, "the node to be ready", func() bool {
		return strings.Contains(six.kubectl(t, "get", "nodes"), " Ready ")
	}, func() string { return six.kubectl(t, "describe", "nodes") })
	return six
}
