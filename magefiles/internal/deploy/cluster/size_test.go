package cluster

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const gib = int64(1) << 30

func TestSizeIsLoweredWithAWarningOnASmallerMachine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asked, machine, want Size
		warns                []string
	}{
		"not on a larger one":     {Size{4 * gib, 2}, Size{16 * gib, 8}, Size{4 * gib, 2}, nil},
		"not on one of that size": {Size{4 * gib, 2}, Size{4 * gib, 2}, Size{4 * gib, 2}, nil},
		"by memory": {Size{4 * gib, 2}, Size{3 * gib, 2}, Size{3 * gib, 2},
			[]string{"TODO_MEMORY asks for 4.0 GiB, and containers may use 3.0 GiB here: the cluster gets that"}},
		"by memory of which the kernel keeps some": {Size{4 * gib, 2}, Size{3*gib - 200<<20, 2},
			Size{3*gib - 200<<20, 2},
			[]string{"TODO_MEMORY asks for 4.0 GiB, and containers may use 2.8 GiB here: the cluster gets that"}},
		"by CPUs": {Size{4 * gib, 4}, Size{8 * gib, 2}, Size{4 * gib, 2},
			[]string{"TODO_CPUS asks for 4, and containers may use 2 here: the cluster gets those"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, warnings, err := fit(tt.asked, tt.machine)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.warns, warnings)
		})
	}
}

func TestTooSmallIsAnErrorThatSaysWhatToDo(t *testing.T) {
	t.Parallel()
	asked := Size{4 * gib, 2}
	require.NoError(t, CheckSize(asked))
	on := func(machine Size) error {
		_, _, err := fit(asked, machine)
		return err
	}
	for name, tt := range map[string]struct {
		err  error
		says []string
	}{
		"a machine of 2 GiB": {on(Size{2 * gib, 4}),
			[]string{"containers may use 2.0 GiB and 4 CPUs", "needs 3 GiB and 2 CPUs", "Settings, Resources"}},
		"a machine of 1 CPU": {on(Size{8 * gib, 1}),
			[]string{"containers may use 8.0 GiB and 1 CPUs", "give the engine more"}},
		"memory that is set": {CheckSize(Size{gib, 2}),
			[]string{"setting TODO_MEMORY: it asks for 1.0 GiB", "needs 3 GiB: raise it, or leave it unset"}},
		"CPUs that are set": {CheckSize(Size{4 * gib, 1}),
			[]string{"setting TODO_CPUS: it asks for 1", "needs 2 at least"}},
		"both at once": {CheckSize(Size{gib, 1}), []string{"TODO_MEMORY", "TODO_CPUS"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testkit.ErrorSays(t, tt.err, tt.says...)
		})
	}
}

func TestMachineIsWhatTheEngineMayUse(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "docker info", Output: "8589934592 4", Times: 1},
		runner.Reply{Prefix: "docker info", Fails: "Cannot connect"})
	has, known := Machine(t.Context(), fake)
	assert.True(t, known)
	assert.Equal(t, Size{8 * gib, 4}, has)
	_, known = Machine(t.Context(), fake)
	assert.False(t, known)
}
