package recipes

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"todo-app/magefiles/internal/runner"
)

// Inside provides images in another Docker Engine than the machine's own: the one in a cluster's node.
type Inside struct {
	there *Supply // asks that engine; whether a registry answers is a question of its own there
	host  *Supply
	send  func(ctx context.Context, refs ...string) error
}

// Inside returns what provides images where engine runs docker commands. send copies images of the machine's engine there.
func (s *Supply) Inside(engine runner.Runner, send func(ctx context.Context, refs ...string) error) *Inside {
	there := *s
	there.runner, there.registry, there.kubernetesRegistry = engine, &registry{}, &registry{}
	return &Inside{there: &there, host: s, send: send}
}

// Provide sees to it that the images are there: already, else pulled there, else had as on the machine and copied.
func (i *Inside) Provide(ctx context.Context, refs ...string) error {
	var mu sync.Mutex
	var send []string
	group, inner := errgroup.WithContext(ctx)
	for _, ref := range refs {
		group.Go(func() error {
			have, err := i.there.have(inner, ref)
			if err != nil || have {
				return err
			}
			if i.there.mode != Always || i.there.images[ref] == nil {
				if err := i.there.pull(inner, i.there.registry, ref); err == nil || inner.Err() != nil {
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
	if err := i.host.Provide(ctx, send...); err != nil {
		return err
	}
	return i.send(ctx, send...)
}

// Silent is Supply's Silent, asked there.
func (i *Inside) Silent(ctx context.Context) error { return i.there.Silent(ctx) }
