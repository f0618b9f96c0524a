package cluster

import (
	"context"
	"time"
)

// pace is the time between two attempts to bring images into a node that starts.
const pace = 500 * time.Millisecond

// Beside calls start, which starts a node, and meanwhile bring, which brings it images, until that succeeds: a node is
// no node at first, and its container runtime may be started again. Once start has ended, bring has one more attempt.
// It returns the error of each.
func Beside(ctx context.Context, start, bring func(context.Context) error) (startErr, bringErr error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	started, brought := make(chan struct{}), make(chan error, 1)
	go func() { brought <- repeat(inner, started, bring) }()
	if startErr = start(ctx); startErr != nil {
		cancel()
	}
	close(started)
	return startErr, <-brought
}

func repeat(ctx context.Context, started <-chan struct{}, bring func(context.Context) error) error {
	for last := false; ; {
		err := bring(ctx)
		if err == nil || last || ctx.Err() != nil {
			return err
		}
		select {
		case <-started:
			last = true
		case <-time.After(pace):
		}
	}
}
