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
	for end := time.Now().Add(patience); !happened(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			text := ""
			for _, detail := range details {
				text += "\n" + detail()
			}
			t.Fatalf("waited %s for this: %s%s", patience, what, text)
		}
	}
}
