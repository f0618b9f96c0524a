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
	return PipeThrough(ctx, r, from, func(w io.Writer, r io.Reader) error {
		_, err := io.Copy(w, r)
		return err
	}, to)
}

// PipeThrough is Pipe with through in between: it reads what from writes, and writes what to reads.
func PipeThrough(ctx context.Context, r Runner, from Command, through func(io.Writer, io.Reader) error, to Command) error {
	given, give := io.Pipe()
	taken, pass := io.Pipe()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := r.Run(ctx, from.WithStdout(give))
		give.CloseWithError(err)
		return err
	})
	group.Go(func() error {
		err := through(pass, given)
		if err == nil {
			_, err = io.Copy(io.Discard, given)
		}
		pass.CloseWithError(err)
		given.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		return err
	})
	group.Go(func() error {
		err := r.Run(ctx, to.WithStdin(taken))
		if err == nil {
			_, _ = io.Copy(io.Discard, taken) // from's own failure is reported by from
		}
		taken.CloseWithError(errors.Join(err, io.ErrClosedPipe))
		return err
	})
	return group.Wait()
}
