// Package programs finds the programs that the project runs (helm, kubectl, minikube, vegeta) on PATH, and has those
// built that are missing or too old.
package programs

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"golang.org/x/sync/errgroup"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/versions"
)

// Finder finds programs.
type Finder struct {
	Runner   runner.Runner
	Builder  Builder
	LookPath func(program string) (string, error) // finds a program on the runner's PATH
}

// Builder builds programs from source, into a folder that comes first on PATH.
type Builder interface {
	// Built returns the folder that a program was built from, "" where it was not, and why it has to be built again, if
	// so.
	Built(name string) (from, stale string, err error)
	// Build builds programs.
	Build(ctx context.Context, names ...string) error
}

// program is a program that users may have already.
type program struct {
	wanted  string   // versions that are good enough
	because string   // why others are not
	version []string // arguments that print the version
}

// catalogue holds the programs by name. A kubectl may be one minor version older than the server
// (https://kubernetes.io/releases/version-skew-policy/#kubectl); newer ones keep what the project asks for.
var catalogue = map[string]program{
	"helm":     {">= 4.0.0-0", "helm 3 has other flags", []string{"version", "--template", "{{.Version}}"}},
	"kubectl":  {">= 1.33.0-0", "it is too old for the cluster", []string{"version", "--client", "--output", "yaml"}},
	"minikube": {">= 1.35.0-0", "it is too old for Kubernetes " + versions.Kubernetes, []string{"version", "--short"}},
	"vegeta":   {">= 12.0.0-0", "it is too old", []string{"-version"}},
}

// Ensure makes the named programs available on PATH. The note says which version of each is used, and which were built.
func (f Finder) Ensure(ctx context.Context, names ...string) (note string, err error) {
	found, err := f.find(ctx, names)
	if err != nil {
		return "", err
	}
	var missing []string
	for i, p := range found {
		if p.missing != "" {
			report.Info(ctx, "%s is built from source: %s", p.name, p.missing)
			missing = append(missing, p.name)
			found[i].version = "built from source"
		}
	}
	if err := f.Builder.Build(ctx, missing...); err != nil {
		return "", fmt.Errorf("setting up the tools: %w", err)
	}
	return list(found), nil
}

// Check says what Ensure would find or build, and changes nothing.
func (f Finder) Check(ctx context.Context, names ...string) (note string, err error) {
	found, err := f.find(ctx, names)
	if err != nil {
		return "", err
	}
	for i, p := range found {
		if p.missing != "" {
			found[i].version = "will be built from source: " + p.missing
		}
	}
	return list(found), nil
}

// list names programs with their versions.
func list(programs []found) string {
	var notes []string
	for _, p := range programs {
		notes = append(notes, p.name+" "+p.version)
	}
	return strings.Join(notes, ", ")
}

// found is what find learned of a program: its version, or why it has to be built.
type found struct{ name, version, missing string }

// find looks for all programs at the same time.
func (f Finder) find(ctx context.Context, names []string) ([]found, error) {
	all := make([]found, len(names))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range names {
		group.Go(func() (err error) {
			all[i].name = name
			all[i].version, all[i].missing, err = f.inspect(ctx, name)
			return err
		})
	}
	return all, group.Wait()
}

// inspect returns the version of a program that is good enough, or why it has to be built.
func (f Finder) inspect(ctx context.Context, name string) (version, missing string, err error) {
	p, ok := catalogue[name]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(catalogue)), ", ")
		return "", "", fmt.Errorf("looking for %s: it is none of the tools that can be built: %s", name, known)
	}
	switch from, stale, err := f.Builder.Built(name); {
	case err != nil || stale != "":
		return "", stale, err
	case from != "": // good whatever its version
		return "built from " + from, "", nil
	}
	path, err := f.LookPath(name)
	if err != nil {
		return "", "it is not on PATH", nil
	}
	out, err := f.Runner.Output(ctx, runner.Cmd(path, p.version...))
	if ctx.Err() != nil {
		return "", "", context.Cause(ctx)
	}
	v, unreadable := parseVersion(out)
	if err != nil || unreadable != nil {
		return "", fmt.Sprintf("%s does not tell its version", path), nil
	}
	allowed, err := semver.NewConstraint(p.wanted)
	if err != nil {
		return "", "", fmt.Errorf("reading the versions wanted of %s: %w", name, err)
	}
	if !allowed.Check(v) {
		return "", fmt.Sprintf("%s is %s, and %s", path, v.Original(), p.because), nil
	}
	return v.Original(), "", nil
}

// versionText matches a version among other things that a program prints: v4.3.1, v1.32.4-dispatcher, v1.35.1+k3s1.
var versionText = regexp.MustCompile(`\bv\d+\.\d+\.\d+[-+.0-9A-Za-z]*`)

// parseVersion finds the first version in what a program prints.
func parseVersion(printed string) (*semver.Version, error) {
	text := versionText.FindString(printed)
	if text == "" {
		return nil, fmt.Errorf("there is no version in %q", printed)
	}
	return semver.NewVersion(text)
}
