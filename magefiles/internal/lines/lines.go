// Package lines reads what a program prints while it runs, line by line.
package lines

import (
	"bytes"
	"io"
	"strings"
	"sync"
)

// To returns a writer that calls each with every line once it is complete. Both outputs of a program may write to it.
func To(each func(line string)) io.Writer { return &writer{each: each} }

type writer struct {
	each func(line string)
	mu   sync.Mutex
	rest []byte
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	for {
		line, rest, ended := bytes.Cut(w.rest, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		w.rest = rest
		w.each(strings.TrimRight(string(line), "\r"))
	}
}
