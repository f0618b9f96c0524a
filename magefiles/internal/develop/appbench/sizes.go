package appbench

import (
	"context"
	"fmt"
	"strconv"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/runner"
)

// sizes are those of the images above their bases, where this machine's engine has them.
func (b Bench) sizes(ctx context.Context) ([]row, error) {
	bases, bars := images.Bases(), []float64{90, 120}
	set, err := b.Images.Current(ctx)
	var rows []row
	for i, name := range []string{"backend", "frontend"} {
		r := row{what: "image of the " + name + ", above its base", measured: "not built: `mage run` does", bar: fmt.Sprintf("≤ %.0f MB", bars[i])}
		if err == nil {
			whole, missing := b.size(ctx, set.Refs()[i])
			base, missingBase := b.size(ctx, bases[i])
			if missing == nil && missingBase == nil {
				above := (whole - base) / 1e6
				r.measured, r.verdict = fmt.Sprintf("%.0f MB", above), within(above, bars[i])
			}
		}
		rows = append(rows, r)
	}
	return rows, context.Cause(ctx)
}

func (b Bench) size(ctx context.Context, ref string) (bytes float64, err error) {
	text, err := b.Runner.Output(ctx, runner.Cmd("docker", "image", "inspect", "--format", "{{.Size}}", ref))
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}
