package engine

import (
	"context"

	"todo-app/magefiles/internal/runner"
)

// Check says which Docker Engine answers, or what Ensure would do about it, without changing anything. Where Ensure would
// fail, the error is the one that it would fail with.
func (e *Engine) Check(ctx context.Context) (note string, err error) {
	h := e.machine()
	var failure error
	for _, c := range h.clients() {
		version, err := e.ask(ctx, c)
		if err == nil {
			return "Docker Engine " + version.engine, nil
		}
		if failure == nil {
			failure = err
		}
	}
	if !h.mayStart(runner.Output(failure)) {
		return "", h.advise(failure)
	}
	return "none answers: deploy will start one, and install it first where it must", nil
}
