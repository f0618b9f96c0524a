package kind

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	kindv1 "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/runner"
)

const (
	startAll  = "docker start x-control-plane x-worker x-worker2"
	ownCNI    = "docker exec x-control-plane find /etc/cni/net.d/10-todo-app.conflist"
	podRanges = "docker exec x-control-plane kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes"
	imagesOf  = "docker exec x-worker crictl images --quiet"
	addressOf = "docker inspect --format {{.NetworkSettings.Networks.kind.IPAddress}} "
)

// threeNodes are the replies of a running cluster of three nodes, of which file says whether it has a static network.
func threeNodes(file runner.Reply) []runner.Reply {
	return []runner.Reply{file, {Prefix: imagesOf, Fails: "server is not initialized yet", Times: 1}, {Prefix: imagesOf},
		{Prefix: "docker exec x-worker2 crictl images --quiet"}, {Prefix: "docker exec x-control-plane crictl images --quiet"},
		state("running", 0), complete, published("127.0.0.1:80"), {Prefix: startAll},
		{Prefix: podRanges, Output: "x-control-plane 10.244.0.0/24\nx-worker 10.244.1.0/24\nx-worker2 10.244.2.0/24\n"},
		{Prefix: addressOf + "x-control-plane", Output: "172.18.0.2"},
		{Prefix: addressOf + "x-worker2", Output: "172.18.0.4"}, {Prefix: addressOf + "x-worker", Output: "172.18.0.3"}, {Prefix: "docker exec x-control-plane sh"},
		{Prefix: "docker exec x-worker sh"}, {Prefix: "docker exec x-worker2 sh"}}
}

// cutScript is the node of a call that sets its routes, and the script.
func cutScript(line string) (string, bool) {
	rest, found := strings.CutPrefix(line, "docker exec ")
	node, script, cut := strings.Cut(rest, " sh -c ")
	return node + ": " + script, found && cut
}

func TestWorkersAreAsManyAsAskedForAndLossesAreSeenSoon(t *testing.T) {
	t.Parallel()
	c := (&Cluster{Local: cluster.Local{Profile: "x", HTTPPort: 8080}, Nodes: 3}).config(33795)
	require.Len(t, c.Nodes, 3)
	assert.Equal(t, kindv1.ControlPlaneRole, c.Nodes[0].Role)
	assert.Equal(t, []kindv1.Node{{Role: kindv1.WorkerRole}, {Role: kindv1.WorkerRole}}, c.Nodes[1:])
	assert.Contains(t, c.KubeadmConfigPatches[0], "node-monitor-grace-period: 30s")
}

func TestEachNodeKnowsTheWayToThePodsOfTheOthers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		file   runner.Reply
		routes int
	}{
		"built from packages": {runner.Reply{Prefix: ownCNI, Output: podNetwork}, 3},
		"kind's own image":    {runner.Reply{Prefix: ownCNI, Fails: "No such file or directory"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, fake, _ := onPort(t, 80, threeNodes(tt.file)...)
			k.Nodes = 3
			require.NoError(t, k.marker().Write(made{API: 33795, Volume: "v",
				Nodes: []string{"x-control-plane", "x-worker", "x-worker2"}}))
			_, err := k.Ensure(t.Context())
			require.NoError(t, err)
			asked := slices.DeleteFunc(fake.Lines(), func(line string) bool { return line != imagesOf })
			assert.Len(t, asked, 2, "the runtime of one that was started needs some seconds")
			assert.Contains(t, fake.Lines(), startAll, "one that was lost is started again")
			var scripts []string
			for _, line := range fake.Lines() {
				if script, found := cutScript(line); found {
					scripts = append(scripts, script)
				}
			}
			require.Len(t, scripts, tt.routes)
			if tt.routes > 0 {
				assert.Equal(t, `x-worker: sed -i 's|"subnet": "[^"]*"|"subnet": "10.244.1.0/24"|' `+podNetwork+
					" && ip route replace 10.244.0.0/24 via 172.18.0.2 && ip route replace 10.244.2.0/24 via 172.18.0.4", scripts[1])
			}
		})
	}
}

func TestAnotherNumberOfNodesThanTheClustersIsRefused(t *testing.T) {
	t.Parallel()
	k, _, library := onPort(t, 80, state("running", 0), complete, published("127.0.0.1:80"))
	k.Nodes = 3
	_, err := k.Ensure(t.Context())
	require.ErrorContains(t, err, "it has 1 nodes, but TODO_NODES says 3: set it to 1, or remove the cluster first")
	assert.Empty(t, library.calls)
}
