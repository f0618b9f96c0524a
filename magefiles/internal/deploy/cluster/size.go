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

// checkMachine reports a machine that is too small for the deployment.
func checkMachine(machine Size) error {
	if machine.Memory < leastMemory || machine.CPUs < leastCPUs {
		return fmt.Errorf("containers may use %s; the cluster needs 3 GiB and 2 CPUs: give the engine more (Docker Desktop: Settings, Resources)", machine)
	}
	return nil
}

// CheckSize reports a TODO_MEMORY or TODO_CPUS that is too small.
func CheckSize(asked Size) (err error) {
	if asked.Memory < leastMemory {
		err = fmt.Errorf("setting TODO_MEMORY: it asks for %s, but the deployment needs 3 GiB: raise it, or leave it unset", gibibytes(asked.Memory))
	}
	if asked.CPUs < leastCPUs {
		err = errors.Join(err, fmt.Errorf("setting TODO_CPUS: it asks for %d, but minikube needs 2 at least: raise it, or leave it unset", asked.CPUs))
	}
	return err
}

// fit lowers asked to what the machine has, with a warning that names the variable. A machine of less than the
// deployment needs is an error.
func fit(asked, machine Size) (lowered Size, warnings []string, err error) {
	if err := checkMachine(machine); err != nil {
		return Size{}, nil, err
	}
	lowered = asked
	if machine.Memory < asked.Memory {
		lowered.Memory = machine.Memory
		warnings = append(warnings, fmt.Sprintf("TODO_MEMORY asks for %s, and containers may use %s here: the cluster gets that", gibibytes(asked.Memory), gibibytes(lowered.Memory)))
	}
	if machine.CPUs < asked.CPUs {
		lowered.CPUs = machine.CPUs
		warnings = append(warnings, fmt.Sprintf("TODO_CPUS asks for %d, and containers may use %d here: the cluster gets those", asked.CPUs, lowered.CPUs))
	}
	return lowered, warnings, nil
}

// Fit is the size of a new node for which asked was set. An engine that tells no size is taken for large enough.
func (l Local) Fit(ctx context.Context, asked Size) (Size, []string, error) {
	machine, known := Machine(ctx, l.Runner)
	if !known {
		machine = Size{math.MaxInt64, math.MaxInt32}
	}
	return fit(asked, machine)
}
