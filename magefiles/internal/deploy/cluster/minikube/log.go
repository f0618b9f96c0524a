package minikube

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// steps reads what minikube prints and says each of its steps. Both of its outputs write to it.
type steps struct {
	say func(line string)

	mu   sync.Mutex
	rest []byte
}

// Write implements io.Writer.
func (s *steps) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rest = append(s.rest, p...)
	for {
		end := bytes.IndexAny(s.rest, "\r\n") // a bar of progress ends its lines with \r
		if end < 0 {
			return len(p), nil
		}
		line := s.rest[:end]
		s.rest = s.rest[end+1:]
		if step := stepOf(string(line)); step != "" {
			s.say(step)
		}
	}
}

// remarks are parts of lines that look like steps and tell users what this project has seen to.
var remarks = []string{"https://", "root privileges", "within a VM", "--context="}

// stepOf is a line without the mark before a step and the dots after it; "" for one that is no step: those are indented,
// say how far a download is, or remark something.
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
