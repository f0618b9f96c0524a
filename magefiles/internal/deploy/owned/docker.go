package owned

import (
	"context"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/runner"
)

// Kind is a kind of objects of the Docker Engine.
type Kind string

// The kinds whose objects have names that are taken for a deployment.
const (
	Container Kind = "container"
	Volume    Kind = "volume"
	Network   Kind = "network"
)

// list is the call that prints a line for the object of that name, with the value of one label.
func (k Kind) list(name, label string) runner.Command {
	args := []string{string(k), "ls"}
	if k == Container {
		args = append(args, "--all")
	}
	format := `{{.Name}} {{.Label "` + label + `"}}`
	if k == Container {
		format = `{{.Names}} {{.Label "` + label + `"}}`
	}
	return runner.Cmd("docker", append(args, "--filter", "name="+name, "--format", format)...)
}

func (k Kind) remove(name string) string {
	if k == Container {
		return "docker rm --force --volumes " + name
	}
	return fmt.Sprintf("docker %s rm %s", k, name)
}

// LabelOf is the value of a label of the object of that name; found is false where there is no such object. An engine
// that cannot be asked is an error: nothing is absent because it could not be read.
func LabelOf(
	ctx context.Context,
	r runner.Runner,
	kind Kind,
	name, label string,
) (value string, found bool, err error) {
	out, err := r.Output(ctx, kind.list(name, label))
	if err != nil {
		return "", false, fmt.Errorf("looking for the %s %q: %w", kind, name, err)
	}
	for line := range strings.Lines(out) { // the filter takes parts of names, too
		if is, value, _ := strings.Cut(strings.TrimRight(line, "\n"), " "); is == name {
			return strings.TrimSpace(value), true, nil
		}
	}
	return "", false, nil
}

// Check returns a Foreign for an object of that name whose label has another value. found reports whether there is one
// that is proven.
func Check(ctx context.Context, r runner.Runner, kind Kind, name, label, want, setting string) (found bool, err error) {
	value, found, err := LabelOf(ctx, r, kind, name, label)
	if err != nil || !found || value == want {
		return found, err
	}
	return false, &Foreign{
		Thing: fmt.Sprintf("the %s %q of the Docker Engine", kind,
			name), Why: fmt.Sprintf("its label %s is not %q", label, want),
		Setting: setting, Remove: kind.remove(name),
	}
}
