package tools

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"todo-app/magefiles/internal/runner"
)

// counter counts the packages that `go build -v` names as it comes to them: those that the compiler's cache lacks.
type counter struct {
	total int
	tell  func(share float64)
	seen  int
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	if n := bytes.Count(p, []byte("\n")); n > 0 && c.total > 0 {
		c.seen += n
		c.tell(min(float64(c.seen)/float64(c.total), 1))
	}
	return len(p), nil
}

// packageName is a line of `go build -v`.
var packageName = regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`)

// withoutPackages takes the names of packages out of what a failed compilation printed, so that its errors are seen.
func withoutPackages(err error) error {
	var run *runner.RunError
	if !errors.As(err, &run) {
		return err
	}
	var kept []string
	for line := range strings.Lines(run.Output) {
		if line = strings.TrimRight(line, "\n"); !packageName.MatchString(line) {
			kept = append(kept, line)
		}
	}
	run.Output = strings.Join(kept, "\n")
	return err
}
