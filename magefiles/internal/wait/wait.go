// Package wait is how tests wait for what another process or goroutine does.
package wait

import (
	"testing"
	"time"
)

// patience is longer than what tests wait for takes on a busy machine: only a hang takes longer.
const patience = 10 * time.Minute

// Until returns once happened reports true, and fails the test where that never comes. The failure says what was waited
// for, and what details return then.
func Until(t testing.TB, what string, happened func() bool, details ...func() string) {
	t.Helper()
	end := time.Now().Add(patience)
	for began := time.Now(); !happened(); began = time.Now() {
		if began.After(end) {
			text := ""
			for _, detail := range details {
				text += "\n" + detail()
			}
			t.Fatalf("waited %s for this: %s%s", patience, what, text)
		}
		// Where programs are asked, asking all the time would keep a core busy.
		time.Sleep(max(20*time.Millisecond, 3*time.Since(began)))
	}
}
