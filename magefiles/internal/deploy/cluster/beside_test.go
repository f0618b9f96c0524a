package cluster

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestImagesAreBroughtUntilTheyAreThereOrTheNodeIsAndLacksThem(t *testing.T) {
	t.Parallel()
	refused, broken := errors.New("the engine restarts"), errors.New("the node ends")
	for name, tt := range map[string]struct {
		refuses  int // attempts
		start    error
		attempts int
		bring    error
	}{
		"at once":                   {0, nil, 1, nil},
		"at the third attempt":      {2, nil, 3, nil},
		"once the node has started": {8, nil, 9, nil},
		"not at all":                {100, nil, 9, refused},
		"not where there is none":   {100, broken, 8, refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				start, bring := Beside(t.Context(), func(context.Context) error {
					time.Sleep(7*pace + pace/2) // 8 attempts
					return tt.start
				}, func(context.Context) error {
					if attempts++; attempts > tt.refuses {
						return nil
					}
					return refused
				})
				require.ErrorIs(t, start, tt.start)
				require.ErrorIs(t, bring, tt.bring)
				assert.LessOrEqual(t, attempts, tt.attempts+1)
				assert.GreaterOrEqual(t, attempts, tt.attempts)
			})
		})
	}
}
