package tools

import (
	"context"
	"fmt"
	"strings"
)

// Check says for each named tool which version would be used, or why Ensure would build it, without building anything.
func (t *Tools) Check(ctx context.Context, names ...string) (note string, err error) {
	var notes []string
	for _, name := range names {
		known, ok := catalogue[name]
		if !ok {
			return "", fmt.Errorf("looking for %s: it is none of the tools that can be built", name)
		}
		known.program.Dir = t.Bin()
		version, why, err := t.found(ctx, known)
		switch {
		case err != nil:
			return "", err
		case why != "":
			notes = append(notes, fmt.Sprintf("%s will be built: %s", name, why))
		default:
			notes = append(notes, name+" "+version)
		}
	}
	return strings.Join(notes, ", "), nil
}
