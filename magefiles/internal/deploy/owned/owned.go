// Package owned is the one rule for what a deployment may remove, overwrite or change: what is proven to be its own, by
// a label, a marker with an identity, or its content. Whoever is about to do so asks here first. What is not proven is
// somebody else's: it is named, with the setting to change, before anything is written.
package owned

import (
	"errors"
	"fmt"
)

// Foreign is the error for something that bears a name of this deployment's, and that is not proven to be its own.
type Foreign struct {
	Thing   string // the container "p"
	Why     string // what there is of a proof: "it does not bear the label x"
	Setting string // that gives this deployment another name: TODO_PROFILE
	Remove  string // the command that removes the thing, for users who know that they do not need it
}

// Error implements error.
func (f *Foreign) Error() string {
	text := fmt.Sprintf("%s was not made by this deployment (%s), and so is left alone; choose another name with %s",
		f.Thing, f.Why, f.Setting)
	if f.Remove != "" {
		text += fmt.Sprintf(", or, if nobody needs it and all that it holds, remove it yourself: `%s`", f.Remove)
	}
	return text
}

// IsForeign reports whether err says that something is somebody else's.
func IsForeign(err error) bool {
	var foreign *Foreign
	return errors.As(err, &foreign)
}
