package recipes

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"todo-app/magefiles/internal/runner"
)

// NodeSupply provides images in another Docker Engine than the machine's own: the one in a cluster's node.
type NodeSupply struct {
	node *Supply // asks that engine; whether a registry answers is a question of its own there
	host *Supply
	send func(ctx context.Context, refs ...string) error
}

// ForNode returns the NodeSupply of the engine that node runs docker commands in. send copies images of the machine's
// engine there.
func (s *Supply) ForNode(node runner.Runner, send func(ctx context.Context, refs ...string) error) *NodeSupply {
	there := *s
	there.runner, there.registry, there.kubernetesRegistry = node, &registry{}, &registry{}
	return &NodeSupply{node: &there, host: s, send: send}
}

// Provide makes sure that the images are in the node: it pulls there those that are missing, and copies from the
// machine those that it cannot pull.
func (n *NodeSupply) Provide(ctx context.Context, refs ...string) error {
	var mu sync.Mutex
	var send []string
	group, inner := errgroup.WithContext(ctx)
	for _, ref := range refs {
		group.Go(func() error {
			have, err := n.node.have(inner, ref)
			if err != nil || have {
				return err
			}
			if n.node.mode != Always || n.node.images[ref] == nil {
				if err := n.node.pull(inner, n.node.registry, ref); err == nil || inner.Err() != nil {
					return err
				}
			}
			mu.Lock()
			defer mu.Unlock()
			send = append(send, ref)
			return nil
		})
	}
	if err := group.Wait(); err != nil || len(send) == 0 {
		return err
	}
	if err := n.host.Provide(ctx, send...); err != nil {
		return err
	}
	return n.send(ctx, send...)
}

// CheckRegistry is Supply's CheckRegistry, asked in the node.
func (n *NodeSupply) CheckRegistry(ctx context.Context) error { return n.node.CheckRegistry(ctx) }
