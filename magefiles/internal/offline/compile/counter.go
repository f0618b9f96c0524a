package compile

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"todo-app/magefiles/internal/runner"
)

// counter reads what `go build -v` prints: it counts the packages, which are named as the compiler comes to them, and
// keeps the rest for the error. The compiler goes on after the first failure, and so may bury it under a thousand
// names.
type counter struct {
	total int // packages that the compiler's cache lacks
	tell  func(share float64)

	seen int
	line []byte // not ended yet
	said []string
}

// packageName matches a line that names a package.
var packageName = regexp.MustCompile(`^[A-Za-z0-9._~/-]+$`)

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	c.line = append(c.line, p...)
	for {
		line, rest, ended := bytes.Cut(c.line, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		if packageName.Match(line) {
			c.seen++
			c.tell(min(float64(c.seen)/float64(max(c.total, 1)), 1))
		} else {
			c.said = append(c.said, string(line))
		}
		c.line = rest
	}
}

// failure returns err with what the compiler said in the place of all that it printed.
func (c *counter) failure(err error) error {
	var run *runner.RunError
	if !errors.As(err, &run) {
		return err
	}
	said := c.said[:min(len(c.said), 20)]
	return &runner.RunError{Command: run.Command, Output: strings.Join(said, "\n"), Inner: run.Inner}
}
