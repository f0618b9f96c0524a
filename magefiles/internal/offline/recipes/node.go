package recipes

import (
	"context"

	"todo-app/magefiles/internal/runner"
)

// NodeSupply provides images in another Docker Engine than the machine's own: the one in a cluster's node.
type NodeSupply struct {
	node *Supply // asks that engine; whether a registry answers is a question of its own there
	host *Supply
	send func(ctx context.Context, refs ...string) error
}

// ForNode returns the NodeSupply of the engine that node's docker commands go to. send copies the machine's images
// there.
func (s *Supply) ForNode(node runner.Runner, send func(ctx context.Context, refs ...string) error) *NodeSupply {
	there := *s
	there.runner, there.registry, there.kubernetesRegistry = node, &registry{}, &registry{}
	return &NodeSupply{node: &there, host: s, send: send}
}

// Provide makes sure that the images are in the node: it pulls there those that are missing, and copies from the
// machine those that it cannot pull.
func (n *NodeSupply) Provide(ctx context.Context, refs ...string) error {
	missing, err := n.node.missing(ctx, refs, func(ctx context.Context, ref string) (bool, error) {
		if n.node.mode == Always && n.node.images[ref] != nil {
			return false, nil
		}
		err := n.node.pull(ctx, n.node.registry, ref)
		return err == nil, context.Cause(ctx)
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := n.host.Provide(ctx, missing...); err != nil {
		return err
	}
	return n.send(ctx, missing...)
}

// CheckRegistry is Supply's CheckRegistry, asked in the node.
func (n *NodeSupply) CheckRegistry(ctx context.Context) error { return n.node.CheckRegistry(ctx) }
