// Package hosts maps the app's name to the address that answers, by one marked line of each hosts file that the
// machine's programs read. Every other byte of the files stays as it is.
package hosts

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Machine is where programs look names up: one hosts file, and on WSL also the one of the Windows around it, whose
// browser is the one that users have.
type Machine struct {
	Runner   runner.Runner
	System   System
	Terminal bool   // somebody is there who can type a password or confirm
	Owner    string // the deployment, as its lines name it

	own         string // the system's file
	windows     string // on WSL, Windows' own; else ""
	windowsRoot string // the folder of Windows, as Windows calls it
	powershell  string // the program
	regenerated bool   // WSL makes its file anew at each start, from Windows' lines without their comments

	replace func(path, content string) error // nil is write; replaced in tests
}

// Addresses are what a name is to be mapped to.
type Addresses struct {
	Here    string
	Windows string // that answers outside of a WSL; "" for none
}

// Ensure makes host resolve to the addresses. What may not be written is asked for where somebody is there to answer,
// and otherwise left to the user, who is told the command: the app can be verified by its address.
func (m Machine) Ensure(ctx context.Context, host string, to Addresses) (string, error) {
	if address.UnderLocalhost(host) {
		return host + " needs no entry: browsers know it, even where the system does not", nil
	}
	note, state, err := m.ownFile().
		ensure(ctx, entry{host: host, owner: m.Owner, address: to.Here, copied: m.copied(host), end: m.lineEnd()})
	if err != nil {
		return "", err
	}
	if m.System == MacOS && state == changed && strings.HasSuffix(host, ".local") {
		report.Info(ctx, "macOS looks names under .local up on the network first, which takes seconds: "+
			"TODO_HOST=todo.localhost is quicker")
	}
	if m.windows == "" {
		return note, nil
	}
	if m.regenerated && state == changed {
		report.Info(ctx, "WSL makes %s anew when it starts: the next deploy looks at it again", m.own)
	}
	other, err := m.ensureWindows(ctx, entry{host: host, owner: m.Owner, address: to.Windows, end: "\r\n"})
	return note + "; on Windows " + other, err
}

func (m Machine) ensureWindows(ctx context.Context, e entry) (string, error) {
	f := m.windowsFile()
	switch _, err := os.Stat(m.windows); {
	case e.address == "":
		report.Warn(ctx, "the ingress is published on no port of 127.0.0.1, which is all that Windows can reach; "+
			"`mage destroy`, which removes all todos, and deploy again with a free TODO_HTTP_PORT")
		return "it cannot be reached", nil
	case err != nil:
		_, run := f.rights.needed()
		report.Warn(ctx, "Windows' hosts file is not at %s; run this once%s:\n  %s", m.windows, run,
			f.rights.adding(e, ""))
		return "left to you", nil
	}
	note, _, err := f.ensure(ctx, e)
	return note, err
}

// Check reports whether host is mapped to the addresses already, without changing anything.
func (m Machine) Check(host string, to Addresses) (string, error) {
	if address.UnderLocalhost(host) {
		return host + " needs no entry", nil
	}
	note, err := m.ownFile().check(entry{host: host, owner: m.Owner, address: to.Here, end: m.lineEnd()})
	if m.windows == "" || to.Windows == "" {
		return note, err
	}
	other, otherErr := m.windowsFile().check(entry{host: host, owner: m.Owner, address: to.Windows, end: "\r\n"})
	return note + "; on Windows " + other, errors.Join(err, otherErr)
}

// Remove takes the deployment's lines for host away again. Earlier versions' lines, which name no deployment, are its
// own where they lead to one of its addresses.
func (m Machine) Remove(ctx context.Context, host string, addresses ...string) (string, error) {
	e := entry{host: host, owner: m.Owner, former: append([]string{}, addresses...)}
	copied := e
	copied.copied = m.copied(host)
	note, _, err := m.ownFile().remove(ctx, copied)
	if err != nil || m.windows == "" {
		return note, err
	}
	other, _, err := m.windowsFile().remove(ctx, e)
	return note + "; on Windows " + other, err
}

// copied is the address of a line that WSL copied from Windows' file without its comment, and so without the mark, when
// it made its own file: it is the project's where Windows' line is.
func (m Machine) copied(host string) string {
	if !m.regenerated || m.windows == "" {
		return ""
	}
	content, err := m.windowsFile().read()
	if err != nil {
		return ""
	}
	return entry{host: host, owner: m.Owner}.ownAddress(content)
}

func (m Machine) ownFile() file {
	if m.System == Windows {
		return m.file(m.own, elevation{m.Runner, m.powershell, m.own})
	}
	return m.file(m.own, sudo{m.Runner, m.own})
}

func (m Machine) windowsFile() file {
	return m.file(m.windows, elevation{m.Runner, m.powershell, m.windowsRoot + windowsFile})
}

func (m Machine) file(path string, r rights) file {
	f := file{path: path, rights: r, ask: m.Terminal, replace: m.replace}
	if f.replace == nil {
		f.replace = write
	}
	return f
}

// Owner names the deployment in a namespace of a kube context, by characters that no program takes for others.
func Owner(namespace, context string) string {
	return namespace + "@" + notPlain.ReplaceAllString(context, "_")
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9._:@-]`)

func (m Machine) lineEnd() string {
	if m.System == Windows {
		return "\r\n"
	}
	return "\n"
}
