package bench

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// change is a case: what a developer has changed since the last deployment.
type change struct {
	name string
	make func(sources string, n int) error // another change for every n
}

var cases = []change{
	{"nothing changed", func(string, int) error { return nil }},
	{"one backend line changed", func(sources string, n int) error {
		return appendTo(filepath.Join(sources, "backend", "app", "main.py"), fmt.Sprintf("# change %d\n", n))
	}},
	{"one frontend line changed", func(sources string, n int) error {
		return appendTo(filepath.Join(sources, "frontend", "app", "globals.css"), fmt.Sprintf("/* change %d */\n", n))
	}},
	{"one chart value changed", func(sources string, n int) error {
		return requestMemory(filepath.Join(sources, "deploy", "helm", "todo-app", "values.yaml"), 129+n)
	}},
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("changing a source: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// requestMemory changes what the backend asks for in a file of values: mebibytes.
func requestMemory(file string, mebibytes int) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("changing a value: %w", err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	for i, line := range lines {
		if strings.Contains(line, "requests: {cpu: 50m, memory:") { // the backend's is the first
			lines[i] = fmt.Sprintf("    requests: {cpu: 50m, memory: %dMi}\n", mebibytes)
			return os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644)
		}
	}
	return fmt.Errorf("changing a value: %s has no memory request to change", file)
}
