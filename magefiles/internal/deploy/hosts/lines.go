package hosts

import (
	"slices"
	"strings"
)

// mark ends the line that this project writes, with the deployment that has it after it.
const mark = "# todo-app"

// entry is a deployment's line for one host.
type entry struct {
	host    string
	owner   string   // the deployment, as the line names it
	former  []string // addresses of which a line without an owner, of an earlier version, is the deployment's; nil is any
	address string   // that the line maps host to
	copied  string   // a line without the mark that maps host to this is the project's, too; see Machine.copied
	end     string   // of a line, where the file has none to go by; "" is "\n"
}

func (e entry) line() string {
	return strings.TrimSpace(e.address + " " + e.host + " " + mark + " " + e.owner)
}

// addTo is content with the project's line, at the place where it was or else at the end, in the style of line ends
// that the file has. Where its last line has no end, the project's, which is the last one then, has none either: it can
// be told from this how the file was before.
func (e entry) addTo(content string) string {
	lines := strings.SplitAfter(content, "\n")
	if i := slices.IndexFunc(lines, e.isOurs); i >= 0 {
		l := lines[i]
		lines[i] = e.line() + l[len(strings.TrimRight(l, "\r\n")):]
		return strings.Join(lines[:i+1], "") + e.removeFrom(strings.Join(lines[i+1:], "")) // one is enough
	}
	end := e.end
	if strings.Contains(content, "\n") || end == "" {
		end = "\n"
	}
	if strings.Contains(content, "\r\n") || strings.HasSuffix(content, "\r") { // or \n would make an end of that \r
		end = "\r\n"
	}
	if content != "" && !strings.HasSuffix(content, "\n") {
		return content + end + e.line()
	}
	return content + e.line() + end
}

// removeFrom is content without the project's line: what it was before addTo.
func (e entry) removeFrom(content string) string {
	lines := strings.SplitAfter(content, "\n")
	unended := e.isOurs(lines[len(lines)-1])
	rest := strings.Join(slices.DeleteFunc(lines, e.isOurs), "")
	if unended {
		rest = strings.TrimSuffix(strings.TrimSuffix(rest, "\n"), "\r")
	}
	return rest
}

// isOurs reports whether a line maps host alone and is marked as this deployment's, or, of an earlier version, as
// anyone's. One to which somebody added a name is theirs.
func (e entry) isOurs(l string) bool {
	fields := strings.Fields(l)
	marked := len(fields) > 3 && fields[1] == e.host && strings.Join(fields[2:4], " ") == mark
	switch len(fields) {
	case 5:
		return marked && fields[4] == e.owner
	case 4:
		return marked && (e.former == nil || slices.Contains(e.former, fields[0]))
	case 2:
		return e.copied != "" && fields[0] == e.copied && fields[1] == e.host
	default:
		return false
	}
}

// ownAddress is the address that the project's line in content maps host to; "" without one.
func (e entry) ownAddress(content string) string {
	for l := range strings.Lines(content) {
		if e.isOurs(l) {
			return strings.Fields(l)[0]
		}
	}
	return ""
}

// foreignLine is the first line that maps host and is not the project's own; "" for none.
func (e entry) foreignLine(content string) string {
	for l := range strings.Lines(content) {
		text, _, _ := strings.Cut(l, "#")
		fields := strings.Fields(text)
		isHost := func(name string) bool { return strings.EqualFold(name, e.host) }
		if len(fields) > 1 && slices.ContainsFunc(fields[1:], isHost) && !e.isOurs(l) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}
