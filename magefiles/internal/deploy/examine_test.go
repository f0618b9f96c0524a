package deploy

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
)

func found(note string, err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return note, err }
}

func TestEveryCheckIsMadeAndTheOnesThatFailAreCounted(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := examine(t.Context(), report.Plain(&out), []check{
		{Name: "engine", Find: found("", errors.New("it does not run\nStart it"))},
		{Name: "python", Find: found("", errors.New("not on PATH")), Optional: true},
		{Name: "memory", Find: found("", errors.New("too little"))},
		{Name: "go", Find: found("go1.26", nil)},
	})
	require.EqualError(t, err, "examining this machine: deploy would fail for 2 reasons, each named above")
	for _, want := range []string{
		"✗ engine", "it does not run", "Start it", "! python", "✓ python", "too little", "✓ go", "go1.26",
	} {
		assert.Contains(t, out.String(), want)
	}
}

func TestWhatDeployDoesWithoutIsNoFailure(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	assert.NoError(t,
		examine(t.Context(), report.Plain(&out),
			[]check{{Name: "node", Find: found("", errors.New("not on PATH")), Optional: true}}))
}
