package compile

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/machine"
)

func TestTheCompilerSpendsMemoryThatIsFree(t *testing.T) {
	t.Parallel()
	for meminfo, want := range map[string][]string{
		"MemTotal: 9 kB\nMemAvailable:    23759784 kB\nBuffers: 1 kB\n": {"GOGC=off", "GOMEMLIMIT=2147483648"},
		"MemAvailable: 6291456 kB\n":                                    {"GOGC=off", "GOMEMLIMIT=1610612736"},
		"MemAvailable: 2097152 kB\n":                                    nil,
		"":                                                              nil,
	} {
		m := machine.Machine{Files: fstest.MapFS{"proc/meminfo": {Data: []byte(meminfo)}}}
		assert.Equal(t, want, spend(m, 2), meminfo)
	}
}
