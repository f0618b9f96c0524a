// Package plan makes things that take minutes — programs compiled from source, images built from packages — once, in
// the order of their inputs, as many at a time as the machine can bear, and says how far it is. What is made stays: a
// plan that was interrupted goes on with what is still missing.
package plan

import (
	"context"
	"time"
)

// Artifact is a thing that is made once and then found ready. Two calls that mean the same thing must pass the same
// pointer: that is how they come to share the work.
type Artifact struct {
	Name  string        // what it is, as progress lines say it: "Kubernetes v1.34.4"
	Doing string        // what is done to it, as in "compiling"; "" is "building"
	Why   string        // what it is for: "the node image"
	Lane  Lane          // what making it keeps busy
	Needs []*Artifact   // what must be ready before; asked for only when this one is not ready itself
	Takes time.Duration // about how long it takes on two cores with nothing else running
	Then  time.Duration // about how long what waits for it outside the plan takes; the longest chain goes first

	// Ready reports whether an earlier run, or another process, has made it from the very recipe of today.
	Ready func(context.Context) (bool, error)
	// Make makes it. It is called by one process at a time, and leaves nothing half-done that Ready would accept.
	Make func(context.Context) error
}

// Lane is what making an artifact keeps busy; each lane takes a few artifacts at a time.
type Lane int

// The lanes.
const (
	Network Lane = iota // downloads, beside all else
	Compile             // the Go compiler
	Image               // builds in the container engine: unpacking packages, writing layers
	lanes
)

// width is how many artifacts of a lane are made at a time. There is one compiler: it uses every core by itself, and a
// second one would compile again what both have in common.
var width = [lanes]int{Network: 4, Compile: 1, Image: 2}
