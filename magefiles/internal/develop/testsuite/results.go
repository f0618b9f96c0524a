package testsuite

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// junit is the part of a JUnit XML report that is the same for pytest, Vitest and Node's test runner.
type junit struct {
	Suites []junit     `xml:"testsuite"`
	Cases  []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string    `xml:"name,attr"`
	Seconds float64   `xml:"time,attr"`
	Failure *struct{} `xml:"failure"`
	Error   *struct{} `xml:"error"`
	Skipped *struct{} `xml:"skipped"`
}

// readJUnit reads the report at path.
func readJUnit(path string) (junit, error) {
	var root junit
	text, err := os.ReadFile(path)
	if err != nil {
		return root, fmt.Errorf("reading the test report: %w", err)
	}
	if err := xml.Unmarshal(text, &root); err != nil {
		return root, fmt.Errorf("reading the test report %s: %w", path, err)
	}
	return root, nil
}

func (j junit) count() (c Counts) {
	for _, test := range j.ended() {
		c.add(test.Action)
	}
	return c
}

// ended returns how each test case ended, in the words of `go test -json`.
func (j junit) ended() (all []goEvent) {
	for _, test := range j.Cases {
		action := "pass"
		switch {
		case test.Failure != nil || test.Error != nil:
			action = "fail"
		case test.Skipped != nil:
			action = "skip"
		}
		all = append(all, goEvent{Action: action, Test: test.Name, Elapsed: test.Seconds})
	}
	for _, suite := range j.Suites {
		all = append(all, suite.ended()...)
	}
	return all
}

// goEvents reads the output of `go test -json`: it counts tests (subtests are tests of their own, their parents are not
// counted again) and keeps the output of those that failed.
type goEvents struct {
	Counts
	Cases    []goEvent // how each test ended, without those that are parts of another
	Failures []string  // output of failed tests and of packages that did not build

	each    func(goEvent)
	parents map[string]bool // tests with subtests, which end before them
	output  map[string]string
}

type goEvent struct {
	Action, Package, Test, ImportPath, Output string
	Elapsed                                   float64 // seconds
}

// newGoEvents calls each with every event.
func newGoEvents(each func(goEvent)) *goEvents {
	return &goEvents{each: each, parents: map[string]bool{}, output: map[string]string{}}
}

// read reads a line.
func (e *goEvents) read(line string) {
	var event goEvent
	if json.Unmarshal([]byte(line), &event) == nil { // else a line of the go command itself
		e.note(event)
		e.each(event)
	}
}

func (e *goEvents) note(event goEvent) {
	id := event.Package + event.ImportPath + " " + event.Test
	switch event.Action {
	case "output", "build-output":
		e.output[id] += event.Output
	case "build-fail":
		e.Failed++
	case "pass", "fail", "skip":
		if event.Test != "" && !e.parents[id] {
			e.add(event.Action)
		}
		if event.Test != "" && !strings.Contains(event.Test, "/") {
			e.Cases = append(e.Cases, event)
		}
	}
	if event.Action == "fail" || event.Action == "build-fail" {
		e.Failures = append(e.Failures, e.output[id])
	}
	for i, r := range event.Test {
		if r == '/' {
			e.parents[event.Package+" "+event.Test[:i]] = true
		}
	}
}
