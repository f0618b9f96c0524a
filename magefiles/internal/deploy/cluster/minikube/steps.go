package minikube

import (
	"io"
	"slices"
	"strings"

	"todo-app/magefiles/internal/lines"
)

// steps reads what minikube prints and says each of its steps. A bar of progress ends its lines with \r.
func steps(say func(line string)) io.Writer {
	return lines.To(func(line string) {
		for part := range strings.SplitSeq(line, "\r") {
			if step := stepOf(part); step != "" {
				say(step)
			}
		}
	})
}

// remarks are parts of lines that look like steps: they tell users what this project has seen to, or what would cost them
// the cluster's data or the version that it is made for.
var remarks = []string{"https://", "root privileges", "within a VM", "--context=", "minikube delete",
	"--kubernetes-version="}

// stepOf is a line without the mark before a step and the dots after it; "" for one that is no step: those are
// indented, say how far a download is, or remark something.
func stepOf(line string) string {
	words, marked := strings.CutPrefix(line, "* ")
	if !marked || slices.ContainsFunc(remarks, func(part string) bool { return strings.Contains(words, part) }) {
		return ""
	}
	words = strings.TrimRight(words, " .")
	if words == "" {
		return ""
	}
	return strings.ToLower(words[:1]) + words[1:]
}
