// Package poll waits for what takes its time to come true, by asking for it again and again.
package poll

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Until calls ask, with a pause between two calls, until it returns no error or one that Permanent made. Once limit has
// passed it returns ask's last error; a limit of 0 is none. When ctx ends first it returns the cause.
func Until(ctx context.Context, pause, limit time.Duration, ask func() error) error {
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, ask() },
		backoff.WithBackOff(backoff.NewConstantBackOff(pause)), backoff.WithMaxElapsedTime(limit))
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Permanent makes err one that no waiting mends: Until returns it at once.
func Permanent(err error) error { return backoff.Permanent(err) }
