package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"

	"todo-app/magefiles/internal/runner"
)

// Size is what a cluster may use, or a machine has.
type Size struct {
	Memory int64 // bytes
	CPUs   int
}

// String says a size as users read it.
func (s Size) String() string { return fmt.Sprintf("%s and %d CPUs", gibibytes(s.Memory), s.CPUs) }

func gibibytes(bytes int64) string { return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30)) }

// The least that the deployment was measured to run in. A machine of 3 GiB says a little less: its kernel keeps some.
const (
	leastMemory = 3<<30 - 3<<30/10
	leastCPUs   = 2
)

// Machine is what containers may use; known is false while no engine answers.
func Machine(ctx context.Context, r runner.Runner) (has Size, known bool) {
	out, err := r.Output(ctx, runner.Cmd("docker", "info", "--format", "{{.MemTotal}} {{.NCPU}}"))
	if _, scan := fmt.Sscan(out, &has.Memory, &has.CPUs); err != nil || scan != nil {
		return Size{}, false
	}
	return has, true
}

// Enough is the error of a machine that the deployment does not run on.
func Enough(machine Size) error {
	if machine.Memory < leastMemory || machine.CPUs < leastCPUs {
		return fmt.Errorf("containers may use %s; the cluster needs 3 GiB and 2 CPUs: give the engine more (Docker Desktop: Settings, Resources)", machine)
	}
	return nil
}

// Askable is the error of a size that the deployment does not run in, by the variables that set it.
func Askable(asked Size) (err error) {
	if asked.Memory < leastMemory {
		err = fmt.Errorf("setting TODO_MEMORY: it asks for %s, but the deployment needs 3 GiB: raise it, or leave it unset", gibibytes(asked.Memory))
	}
	if asked.CPUs < leastCPUs {
		err = errors.Join(err, fmt.Errorf("setting TODO_CPUS: it asks for %d, but minikube needs 2 at least: raise it, or leave it unset", asked.CPUs))
	}
	return err
}

// Fit is the size of a node for which asked was set, on a machine that may be smaller: then it is lowered, and each warning
// says by which variable. A machine of less than the deployment needs is an error.
func Fit(asked, machine Size) (fit Size, warnings []string, err error) {
	if err := Enough(machine); err != nil {
		return Size{}, nil, err
	}
	fit = asked
	if machine.Memory < asked.Memory {
		fit.Memory = machine.Memory
		warnings = append(warnings, fmt.Sprintf("TODO_MEMORY asks for %s, and containers may use %s here: the cluster gets that", gibibytes(asked.Memory), gibibytes(fit.Memory)))
	}
	if machine.CPUs < asked.CPUs {
		fit.CPUs = machine.CPUs
		warnings = append(warnings, fmt.Sprintf("TODO_CPUS asks for %d, and containers may use %d here: the cluster gets those", asked.CPUs, fit.CPUs))
	}
	return fit, warnings, nil
}

// fit is the size that a new node gets. An engine that tells nothing about its machine is taken for large enough.
func (m *Minikube) fit(ctx context.Context) (Size, []string, error) {
	machine, known := Machine(ctx, m.Runner)
	if !known {
		machine = Size{math.MaxInt64, math.MaxInt32}
	}
	return Fit(m.Size, machine)
}
