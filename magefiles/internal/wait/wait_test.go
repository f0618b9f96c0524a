package wait

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestUntilReturnsOnceItHappens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		Until(t, "a minute to pass", func() bool { return time.Since(began) > time.Minute })
		assert.Less(t, time.Since(began), 2*time.Minute)
	})
}

// failing keeps what a test says when it fails.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper() {}
func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestAHangIsToldWithWhatWasWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		test, done := &failing{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			Until(test, "the moon", func() bool { return false }, func() string { return "last seen: never" })
		}()
		<-done
		assert.Equal(t, "waited 10m0s for this: the moon\nlast seen: never", test.said)
	})
}
