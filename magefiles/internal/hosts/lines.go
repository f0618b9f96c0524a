package hosts

import (
	"slices"
	"strings"
)

// line is what the project writes for host.
func line(host, address string) string { return address + " " + host + " " + mark }

// withLine is content with the project's line for host, at the place where it was or else at the end, in the style of
// line ends that the file has.
func withLine(content, host, address string) string {
	end := "\n"
	if strings.Contains(content, "\r\n") {
		end = "\r\n"
	}
	lines := strings.SplitAfter(content, "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return isOurs(l, host) }); i >= 0 {
		l := lines[i]
		lines[i] = line(host, address) + l[len(strings.TrimRight(l, "\r\n")):]
		return strings.Join(lines[:i+1], "") + withoutLine(strings.Join(lines[i+1:], ""), host) // one is enough
	}
	if content != "" && !strings.HasSuffix(content, "\n") {
		content += end
	}
	return content + line(host, address) + end
}

// withoutLine is content without the project's line for host.
func withoutLine(content, host string) string {
	lines := slices.DeleteFunc(strings.SplitAfter(content, "\n"), func(l string) bool { return isOurs(l, host) })
	return strings.Join(lines, "")
}

// isOurs tells a line that maps host alone and is marked. One to which somebody added a name is theirs from then on.
func isOurs(l, host string) bool {
	fields := strings.Fields(l)
	return len(fields) == 4 && fields[1] == host && strings.Join(fields[2:], " ") == mark
}

// lineOfOthers is the first line that maps host and is not the project's own; "" for none.
func lineOfOthers(content, host string) string {
	for l := range strings.Lines(content) {
		names, _, _ := strings.Cut(l, "#")
		if fields := strings.Fields(names); len(fields) > 1 && slices.ContainsFunc(fields[1:], func(name string) bool { return strings.EqualFold(name, host) }) && !isOurs(l, host) {
			return strings.TrimSpace(l)
		}
	}
	return ""
}
