package kind

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/runner"
)

// ensureNodes makes sure that there are as many nodes as the settings say, that each runs, and that each knows the way
// to the pods of the others.
func (c *Cluster) ensureNodes(ctx context.Context) error {
	known, err := c.made()
	if err != nil {
		return err
	}
	if has, want := len(known.all(c.node())), max(c.Nodes, 1); has != want {
		return fmt.Errorf("using the %s: it has %d nodes, but TODO_NODES says %d: set it to %d, or remove the cluster "+
			"first, with all todos in it (`mage destroy`)", c.Name(), has, want, has)
	}
	if len(known.Nodes) == 0 {
		return nil
	}
	if err := c.Runner.Run(ctx, runner.Cmd("docker", append([]string{"start"}, known.Nodes...)...)); err != nil {
		return fmt.Errorf("starting the nodes of the %s: %w", c.Name(), err)
	}
	for _, node := range known.Nodes {
		if err := c.awaitRuntime(ctx, node); err != nil {
			return err
		}
	}
	return c.ensureRoutes(ctx, known.Nodes)
}

// awaitRuntime waits until the container runtime of a node that was started just now answers: it says that it runs some
// seconds before (https://github.com/containerd/containerd/issues/8468).
func (c *Cluster) awaitRuntime(ctx context.Context, node string) error {
	list := runner.Cmd("docker", "exec", node, "crictl", "images", "--quiet")
	err := poll.Until(ctx, 500*time.Millisecond, time.Minute, func() error { return c.Runner.Run(ctx, list) })
	if err != nil {
		return fmt.Errorf("waiting for the container runtime of the node %s, which `docker restart %s` starts anew, with all "+
			"that is in it: %w", node, node, err)
	}
	return nil
}

// podNetwork is the file by which a node that was built from packages gives its pods their network. It is made for a
// cluster of one node; one that kind's own image made has a daemon for that instead.
const podNetwork = "/etc/cni/net.d/10-todo-app.conflist"

// way is where a node is, and where its pods are.
type way struct {
	node, address string
	pods          netip.Prefix
}

// ensureRoutes gives each node's pods the network that Kubernetes has for them, and each node a route to those of the
// others. Addresses of nodes change, and routes go, when nodes are started again.
func (c *Cluster) ensureRoutes(ctx context.Context, nodes []string) error {
	if _, err := c.onNode(ctx, "find", podNetwork); err != nil {
		if strings.Contains(runner.Output(err), "No such file") {
			return nil
		}
		return fmt.Errorf("looking at the pod network of the %s: %w", c.Name(), err)
	}
	ways, err := c.ways(ctx, nodes)
	if err != nil {
		return err
	}
	for _, here := range ways {
		script := []string{fmt.Sprintf(`sed -i 's|"subnet": "[^"]*"|"subnet": "%s"|' %s`, here.pods, podNetwork)}
		for _, there := range ways {
			if there.node != here.node {
				script = append(script, fmt.Sprintf("ip route replace %s via %s", there.pods, there.address))
			}
		}
		call := runner.Cmd("docker", "exec", here.node, "sh", "-c", strings.Join(script, " && "))
		if err := c.Runner.Run(ctx, call); err != nil {
			return fmt.Errorf("leading the node %s to the pods of the others: %w", here.node, err)
		}
	}
	return nil
}

// ways are where the nodes and their pods are.
func (c *Cluster) ways(ctx context.Context, nodes []string) (ways []way, err error) {
	const format = `{{range .items}}{{.metadata.name}} {{.spec.podCIDR}}{{"\n"}}{{end}}`
	ranges, err := c.onNode(ctx, "kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "get", "nodes", "-o",
		"go-template="+format)
	if err != nil {
		return nil, fmt.Errorf("reading the pod networks of the %s: %w", c.Name(), err)
	}
	for line := range strings.Lines(ranges) {
		name, pods, _ := strings.Cut(strings.TrimSpace(line), " ")
		prefix, err := netip.ParsePrefix(pods)
		if err != nil || !slices.Contains(nodes, name) {
			return nil, fmt.Errorf("reading the pod network of the node %q of the %s: it is %q", name, c.Name(), pods)
		}
		address, err := c.Runner.Output(ctx, runner.Cmd("docker", "inspect", "--format",
			"{{.NetworkSettings.Networks.kind.IPAddress}}", name))
		if err != nil {
			return nil, fmt.Errorf("reading the address of the node %s: %w", name, err)
		}
		ways = append(ways, way{name, address, prefix})
	}
	return ways, nil
}

func (c *Cluster) onNode(ctx context.Context, command ...string) (string, error) {
	return c.Runner.Output(ctx, runner.Cmd("docker", append([]string{"exec", c.node()}, command...)...))
}
