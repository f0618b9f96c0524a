package local

import (
	"bytes"
	"strings"
	"sync"
)

// firstLine keeps the first line that is written to it.
type firstLine struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	done chan struct{}
	full bool
}

func (l *firstLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.full {
		l.buf.Write(p)
		if l.full = bytes.Contains(l.buf.Bytes(), []byte("\n")); l.full {
			close(l.done)
		}
	}
	return len(p), nil
}

func (l *firstLine) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _, _ := strings.Cut(l.buf.String(), "\n")
	return strings.TrimSpace(line)
}
