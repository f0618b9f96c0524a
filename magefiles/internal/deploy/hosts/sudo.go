package hosts

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"todo-app/magefiles/internal/runner"
)

// sudo writes a file as root. It asks for the password on the terminal itself, not on its input.
type sudo struct {
	runner runner.Runner
	path   string
}

func (sudo) needed() (by, run string) { return "root", "" }

// change asks first and reads the file then: it may change while somebody looks for the password.
func (s sudo) change(ctx context.Context, f file, edit func(string) string) error {
	if err := s.runner.Run(ctx, runner.Cmd("sudo", "-p", "Password of %p, to write "+s.path+": ", "-v")); err != nil {
		return err
	}
	content, err := f.read()
	if err != nil {
		return err
	}
	return s.runner.Run(ctx, runner.Cmd("sudo", "tee", s.path).WithStdin(strings.NewReader(edit(content))).WithStdout(io.Discard))
}

func (s sudo) adding(e entry, content string) string {
	if e.outOf(content) != content { // the first line of a name counts
		return s.removing(e) + " && " + s.adding(e, e.outOf(content))
	}
	say := "echo "
	if content != "" && !strings.HasSuffix(content, "\n") { // as entry.in does it
		say = `printf '\n%s' `
	}
	return say + shellescape.Quote(e.line()) + " | sudo tee -a " + shellescape.Quote(s.path)
}

// removing understands both GNU's and BSD's sed, which differ in -i without a suffix.
func (s sudo) removing(e entry) string {
	return fmt.Sprintf("sudo sed -i.bak '/^[^ ]* %s %s[[:space:]]*$/d' %s", regexp.QuoteMeta(e.host), mark, shellescape.Quote(s.path))
}
