//go:build (e2e || long) && !windows

package e2e

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// process is one of this machine's, and of no later one that has the same ID.
type process struct{ pid, started string }

// started is when a process that has not ended began, "" for none.
func started(pid string) string {
	out, err := exec.Command("ps", "-o", "stat=,lstart=", "-p", pid).Output()
	state, when, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if err != nil || strings.HasPrefix(state, "Z") {
		return ""
	}
	return strings.TrimSpace(when)
}

// descendants are the processes that come from one, without itself.
func descendants(t *testing.T, pid int) []string {
	t.Helper()
	out, err := exec.Command("ps", "-e", "-o", "pid=,ppid=").Output()
	require.NoError(t, err)
	children := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 2 {
			children[f[1]] = append(children[f[1]], f[0])
		}
	}
	var all []string
	for next := []string{strconv.Itoa(pid)}; len(next) > 0; next = next[1:] {
		all = append(all, children[next[0]]...)
		next = append(next, children[next[0]]...)
	}
	return all
}
