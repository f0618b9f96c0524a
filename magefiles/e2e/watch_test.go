//go:build e2e || minikube || long

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// looks is how often a process's arguments are read: they may change once, when it becomes another program, which is
// soon after its start.
const looks = 5

// watchCommandLines looks for text in the arguments of every process until the returned function is called, which
// returns the command lines that held it.
func watchCommandLines(t *testing.T, text string) func() []string {
	t.Helper()
	stop, done := make(chan struct{}), make(chan struct{})
	var found []string
	go func() {
		defer close(done)
		for looked := map[string]int{}; ; {
			looked = lookAtProcesses(looked, func(line string) {
				if strings.Contains(line, text) {
					found = append(found, line)
				}
			})
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() []string { close(stop); <-done; return found }
}

// lookAtProcesses shows the arguments of every process that was not looked at often enough, and returns how often each
// was.
func lookAtProcesses(before map[string]int, show func(line string)) map[string]int {
	now := map[string]int{}
	entries, _ := os.ReadDir("/proc")
	for _, entry := range entries {
		pid := entry.Name()
		if now[pid] = min(before[pid]+1, looks+1); now[pid] > looks {
			continue
		}
		if line, err := os.ReadFile(filepath.Join("/proc", pid, "cmdline")); err == nil {
			show(strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return now
}
