// Package doctor examines a machine without changing it: every prerequisite, with what is wrong and how to mend it.
package doctor

import (
	"context"
	"errors"
	"fmt"

	"todo-app/magefiles/internal/report"
)

// Check looks at one prerequisite.
type Check struct {
	Name string
	// Find says what there is, or returns an error that ends with how to mend it.
	Find func(context.Context) (string, error)
	// Optional is what deploy does without: its error is a warning.
	Optional bool
}

// Examine makes every check, prints what each found, and returns an error when deploy would fail.
func Examine(ctx context.Context, r *report.Reporter, checks []Check) error {
	wrong := 0
	for _, c := range checks {
		err := r.Run(ctx, c.Name, func(ctx context.Context) (string, error) {
			note, err := c.Find(ctx)
			if err != nil && c.Optional {
				report.Warn(ctx, "%v", err)
				return "not needed for deploy", nil
			}
			if err != nil {
				report.Info(ctx, "%v", err)
			}
			return note, err
		})
		if err != nil {
			wrong++
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case wrong == 1:
		return errors.New("examining this machine: deploy would fail for the reason above")
	case wrong > 1:
		return fmt.Errorf("examining this machine: deploy would fail for %d reasons, each named above", wrong)
	}
	return nil
}
