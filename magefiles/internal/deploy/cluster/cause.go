package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// causeLines is how many lines a cause may have.
const causeLines = 6

var (
	// told begins a line in which minikube ("X Exiting due to …"), kubeadm or Docker names a cause.
	told = regexp.MustCompile(`^(X |error: |\[ERROR |Error response|docker: |ERROR: )`)
	// decoration is a line that leads elsewhere, or nowhere: a frame, an advice, a mark of what follows.
	decoration = regexp.MustCompile(`^([╭│╰┌|└]|\*( |$)|! |std(out|err):|-- /?std|[-=]+$|$)`)
)

// Cause is the part of a program's output that says why it failed: what it names as the cause, with the lines that
// belong to that, or else the last lines.
func Cause(output string) string {
	var cause, rest []string
	within := false
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		switch {
		case told.MatchString(line):
			within = true
			cause = append(cause, strings.TrimPrefix(line, "X "))
		case decoration.MatchString(line):
			within = within && !strings.HasPrefix(line, "*")
		case within:
			cause = append(cause, line)
		default:
			rest = append(rest, line)
		}
	}
	if len(cause) == 0 {
		cause = rest
	}
	return strings.Join(cause[max(0, len(cause)-causeLines):], "\n")
}

// Log keeps the whole output of a program that has made the cluster, and says where.
func (l Local) Log(program, output string) (said string) {
	path := filepath.Join(l.Cache, "logs", program+"-"+l.Profile+".log")
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(output), 0o600)
	}
	if err != nil {
		return fmt.Sprintf("what %s printed could not be kept: %v", program, err)
	}
	return fmt.Sprintf("all that %s printed is in %s", program, path)
}
