package runner

import (
	"context"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"
)

// Pipe runs from and to at the same time, from's standard output being to's input; nothing is kept in between, so it
// suits images of any size. When one fails the other is ended, and the failure that came first is returned. It is no
// failure that to ends well before it has read everything: the padding of an archive says nothing.
func Pipe(ctx context.Context, r Runner, from, to Command) error {
	read, write := io.Pipe()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := r.Run(ctx, from.WithStdout(write))
		write.CloseWithError(err)
		return err
	})
	group.Go(func() error {
		err := r.Run(ctx, to.WithStdin(read))
		if err == nil {
			_, _ = io.Copy(io.Discard, read) // from's own failure is reported by from
		}
		read.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		return err
	})
	return group.Wait()
}
