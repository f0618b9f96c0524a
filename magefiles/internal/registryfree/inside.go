package registryfree

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"todo-app/magefiles/internal/runner"
)

// Inside provides images in another Docker Engine than the machine's own: the one in a cluster's node.
type Inside struct {
	there *Supply // asks that engine; whether a registry answers is a question of its own there
	kube  *Supply // the same for the registry that Kubernetes' own images come from
	host  *Supply
	send  func(ctx context.Context, refs ...string) error
}

// Inside returns what provides images where engine runs docker commands. send copies images of the machine's engine there.
func (s *Supply) Inside(engine runner.Runner, send func(ctx context.Context, refs ...string) error) *Inside {
	asking := func() *Supply {
		other := *s
		other.runner, other.probe = engine, newProbe()
		return &other
	}
	return &Inside{there: asking(), kube: asking(), host: s, send: send}
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
				if err := i.there.pull(inner, ref); err == nil || inner.Err() != nil {
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

// Silent is why the registry of Kubernetes' own images, the addons' among them, serves none there; nil where it answers,
// whatever it says.
func (i *Inside) Silent(ctx context.Context) error { return i.kube.silent(ctx) }

// smallest is about the smallest image of that registry.
const smallest = "registry.k8s.io/pause:3.10"

func (s *Supply) silent(ctx context.Context) error {
	switch s.mode {
	case Always:
		return errors.New("TODO_REGISTRY_FREE=1 asks none")
	case Never:
		return nil
	}
	select {
	case <-s.probe.known:
	default: // a pull finds out
		if err := s.pull(ctx, smallest); err == nil || ctx.Err() != nil {
			return err
		}
	}
	<-s.probe.known
	if *s.probe.silent == nil {
		return nil
	}
	return errors.New(reason(*s.probe.silent))
}
