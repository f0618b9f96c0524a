package kind

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/runner"
)

// finished is a file in a node's folder /kind, written when its creation has ended.
const finished = "todo-app-finished"

// made is what is remembered of a cluster from before its node is made until it is destroyed.
type made struct {
	API    int    // the port of 127.0.0.1 that leads to the API server, which the node bears from its first moment
	Volume string // of the engine, that holds what the node stores; "" until the creation has ended
	// Nodes are the names of all nodes where there are several.
	Nodes []string `json:",omitempty"`
}

// all are the names of the nodes; first is that of the control plane.
func (m made) all(first string) []string {
	if len(m.Nodes) > 0 {
		return m.Nodes
	}
	return []string{first}
}

func (c *Cluster) marker() owned.Marker { return c.Marker("kind", c.Name()) }

func (c *Cluster) made() (m made, err error) {
	_, err = c.marker().Read(&m)
	return m, err
}

// State implements Provider. A node that is not proven to be this project's is an error.
func (c *Cluster) State(ctx context.Context) (cluster.State, error) {
	out, err := c.Runner.Output(ctx, runner.Cmd("docker", "ps", "--all", "--filter", "name=^/?"+c.node()+"$",
		"--format", `{{.State}} {{.Label "io.x-k8s.kind.cluster"}}`))
	if err != nil {
		return "", fmt.Errorf("looking for the %s: %w", c.Name(), err)
	}
	if out == "" {
		return cluster.Absent, nil
	}
	state, label, _ := strings.Cut(out, " ")
	if label != c.Profile {
		return "", c.foreign("it is no node of kind's for a cluster of this name")
	}
	complete, err := c.complete(ctx, state == "running")
	switch {
	case err != nil:
		return "", fmt.Errorf("looking whether the %s is complete: %w", c.Name(), err)
	case complete && state == "running":
		return cluster.Running, nil
	case complete:
		return cluster.Stopped, nil
	}
	return cluster.Incomplete, c.checkBegun(ctx)
}

func (c *Cluster) foreign(why string) error {
	return &owned.Foreign{Thing: fmt.Sprintf("the container %q", c.node()), Why: why, Setting: "TODO_PROFILE",
		Remove: "docker rm --force --volumes " + c.node()}
}

// complete reports whether the creation of the node has ended. What cannot be asked for once must not be taken for an
// unfinished node, which is removed with all that it holds.
func (c *Cluster) complete(ctx context.Context, running bool) (bool, error) {
	if running {
		found, err := c.Runner.Output(
			ctx,
			runner.Cmd("docker", "exec", c.node(), "find", "/kind", "-maxdepth", "1", "-name", finished),
		)
		return found != "", err
	}
	err := c.Runner.Run(ctx, runner.Cmd("docker", "cp", c.node()+":/kind/"+finished, "-"))
	said := runner.Output(err)
	if strings.Contains(said, "Could not find the file") || strings.Contains(said, "No such container:path") {
		return false, nil
	}
	return err == nil, err
}

// checkBegun makes sure that the unfinished node is the one whose creation this project began.
func (c *Cluster) checkBegun(ctx context.Context) error {
	begun, err := c.made()
	if err != nil {
		return err
	}
	api, err := c.nodeAPI(ctx)
	if err == nil && (api == 0 || api != begun.API) {
		err = c.foreign("it lacks the file /kind/" + finished + ", and is not the node whose creation was interrupted")
	}
	return err
}

// nodeAPI is the port of 127.0.0.1 that the node was made to serve its API at, whether it runs or not.
func (c *Cluster) nodeAPI(ctx context.Context) (int, error) {
	var bindings map[string][]struct{ HostPort string }
	inspect := runner.Cmd("docker", "inspect", "--format", "{{json .HostConfig.PortBindings}}", c.node())
	if err := runner.JSON(ctx, c.Runner, inspect, &bindings); err != nil {
		return 0, fmt.Errorf("reading the ports of the %s: %w", c.Name(), err)
	}
	api := bindings["6443/tcp"]
	if len(api) == 0 {
		return 0, nil
	}
	return strconv.Atoi(api[0].HostPort)
}

// checkPorts makes sure that the node publishes the configured port, which a container cannot change, and returns the
// port that leads to its API server.
func (c *Cluster) checkPorts(ctx context.Context) (api int, err error) {
	out, err := c.Runner.Output(ctx, runner.Cmd("docker", "port", c.node()))
	if err != nil {
		return 0, fmt.Errorf("reading which ports the %s publishes: %w", c.Name(), err)
	}
	var published []string
	for line := range strings.Lines(out) { // 80/tcp -> 127.0.0.1:8080
		port, at, _ := strings.Cut(strings.TrimSpace(line), " -> ")
		switch port {
		case "80/tcp":
			published = append(published, at)
		case "6443/tcp":
			_, number, _ := net.SplitHostPort(at)
			api, _ = strconv.Atoi(number)
		}
	}
	if want := net.JoinHostPort("127.0.0.1", strconv.Itoa(c.HTTPPort)); !slices.Contains(published, want) {
		return 0, fmt.Errorf("reaching the %s: it answers at %s, but TODO_HTTP_PORT says %d: set it to that port, "+
			"or remove the cluster first, with all todos in it (`mage destroy`)",
			c.Name(), strings.Join(published, ", "), c.HTTPPort)
	}
	return api, nil
}

// checkContext makes sure that what the kubeconfig has under the cluster's name leads to one of the API server's ports,
// of which 0 is none. complete reports whether all of it is there.
func (c *Cluster) checkContext(apis ...int) (complete bool, err error) {
	e, err := owned.ReadEntries(c.Kubeconfigs, c.Kubectl().Context)
	if err != nil || len(e.Kinds) == 0 {
		return false, err
	}
	for _, api := range apis {
		if api != 0 && e.Leads && e.Server == fmt.Sprintf("https://127.0.0.1:%d", api) {
			return len(e.Kinds) == 3, nil
		}
	}
	if e.Server == "" {
		return false, e.Foreign("there is no cluster entry that leads to this cluster's node")
	}
	return false, e.Foreign("it leads to " + e.Server + ", which is no node of this cluster's")
}

// checkNew makes sure that nothing stands in the way of a new cluster, before anything is made.
func (c *Cluster) checkNew(ctx context.Context) error {
	before, err := c.made()
	if err != nil {
		return err
	}
	_, context := c.checkContext(before.API)
	return errors.Join(context, owned.CheckWritable(c.Kubeconfigs), c.checkData(ctx, before.Volume))
}

// checkData stops where the node is gone and its volume is not: a new cluster would not know what that holds.
func (c *Cluster) checkData(ctx context.Context, volume string) error {
	if volume == "" {
		return nil
	}
	_, found, err := owned.LabelOf(ctx, c.Runner, owned.Volume, volume, "")
	if err != nil || !found {
		return err
	}
	return fmt.Errorf("creating the %s: its node %s was removed, but the volume that it stored everything in is still "+
		"there, with all todos. Save them first: `%s`; then `mage destroy` removes that volume for good, and a deploy "+
		"makes a new cluster", c.Name(), c.node(), cluster.Saving(volume, "local-path-provisioner"))
}

// remember notes what a complete cluster is known by, once: one that an earlier version made is recognised by its node.
func (c *Cluster) remember(ctx context.Context, api int) error {
	known, err := c.made()
	if err != nil || known.API == api && known.Volume != "" {
		return err
	}
	var mounts []struct{ Name, Destination string }
	inspect := runner.Cmd("docker", "inspect", "--format", "{{json .Mounts}}", c.node())
	if err := runner.JSON(ctx, c.Runner, inspect, &mounts); err != nil {
		return fmt.Errorf("reading the volumes of the %s: %w", c.Name(), err)
	}
	now := made{API: api}
	for _, m := range mounts {
		if m.Destination == "/var" {
			now.Volume = m.Name
		}
	}
	list := runner.Cmd("docker", "ps", "--all", "--filter", "label=io.x-k8s.kind.cluster="+c.Profile,
		"--format", "{{.Names}}")
	nodes, err := c.Runner.Output(ctx, list)
	if err != nil {
		return fmt.Errorf("listing the nodes of the %s: %w", c.Name(), err)
	}
	if names := strings.Fields(nodes); len(names) > 1 {
		slices.Sort(names)
		now.Nodes = names
	}
	return c.marker().Write(now)
}
