package poll

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAskingEndsWithSuccessAPermanentErrorTheLimitOrTheContext(t *testing.T) {
	t.Parallel()
	notYet, broken, why := errors.New("not yet"), errors.New("broken"), errors.New("Ctrl-C")
	for name, tt := range map[string]struct {
		limit time.Duration
		third error // what the third call returns
		want  error
		took  time.Duration
	}{
		"success":           {time.Minute, nil, nil, 2 * time.Second},
		"a permanent error": {time.Minute, Permanent(broken), broken, 2 * time.Second},
		"the limit":         {10 * time.Second, notYet, notYet, 10 * time.Second},
		"the context":       {0, notYet, why, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Hour, func() { cancel(why) })
				calls, start := 0, time.Now()
				err := Until(ctx, time.Second, tt.limit, func() error {
					if calls++; calls == 3 {
						return tt.third
					}
					return notYet
				})
				assert.Equal(t, tt.want, err)
				assert.InDelta(t, tt.took.Seconds(), time.Since(start).Seconds(), 1)
				cancel(nil)
			})
		})
	}
}
