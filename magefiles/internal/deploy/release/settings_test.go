package release

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPortsOfURLsAreLetThrough(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secrets map[string]string
		want    []int
	}{
		"nothing is set": {nil, []int{443, 5432}},
		"the usual ports": {
			map[string]string{"DATABASE_URL": "postgresql://u:p@db/x", "OPENAI_BASE_URL": "https://models/v1"},
			[]int{443, 5432}},
		"a pooler and a direct": {
			map[string]string{"DATABASE_URL": "postgresql://u:p@db:6543/x",
				"DIRECT_DATABASE_URL": "postgresql://u:p@db:5433/x"}, []int{443, 5432, 5433, 6543}},
		"a model in the clear": {map[string]string{"OPENAI_BASE_URL": "http://models/v1"}, []int{80, 443, 5432}},
		"a model on a port": {map[string]string{"OPENAI_BASE_URL": "http://models:11434/v1"},
			[]int{443, 5432, 11434}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, egressPorts(c.secrets))
		})
	}
}

func TestAnImageIsSplitAtItsTag(t *testing.T) {
	t.Parallel()
	assert.Equal(t, object{"repository": "registry:5000/todo-backend", "tag": "3f2a"},
		imageValues("registry:5000/todo-backend:3f2a"))
}
