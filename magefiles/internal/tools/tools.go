// Package tools sees to it that the command-line tools which the project runs are there at a version that is good
// enough: from PATH where they are, else compiled from a pinned module under tools/ into the cache.
package tools

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Masterminds/semver/v3"
	"golang.org/x/sync/errgroup"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/tools/plan"
)

// Tools finds or builds programs.
type Tools struct {
	runner      runner.Runner
	root, cache string
	plan        *plan.Plan
	look        func(string) (string, error)

	mu    sync.Mutex
	known map[string]*plan.Artifact // by program, so that all calls share the work
}

// New returns the Tools of the repository at root, which keep what they build in the folder cache.
func New(r runner.Runner, root, cache string) *Tools {
	return &Tools{
		runner: r, root: root, cache: cache, look: exec.LookPath,
		plan: plan.New(filepath.Join(cache, "locks")), known: map[string]*plan.Artifact{},
	}
}

// Bin is the folder of the tools that were built; it belongs first on PATH.
func (t *Tools) Bin() string { return filepath.Join(t.cache, "bin") }

// Plan is the plan in which everything is built: one for all, so that compilers do not get into each other's way.
func (t *Tools) Plan() *plan.Plan { return t.plan }

// tool is a program that users may have already.
type tool struct {
	program Program
	wanted  string   // versions that are good enough
	because string   // why others are not
	version []string // arguments that print the version
}

// catalogue are the tools by name. helm 3 knows other flags than helm 4; kubectl talks to servers one minor version away
// from its own, and newer ones keep what this project asks for.
var catalogue = map[string]tool{
	"helm": {
		program: Program{Name: "helm", Module: "helm", Packages: []string{"helm.sh/helm/v4/cmd/helm"}, LDFlags: "-X helm.sh/helm/v4/internal/version.version=" + Helm + helmKubernetes,
			Why: "installing the chart", Fetches: 20 * time.Second, Takes: 80 * time.Second},
		wanted: ">= 4.0.0-0", because: "helm 3 has other flags",
		version: []string{"version", "--template", "{{.Version}}"},
	},
	"kubectl": {
		program: Program{Name: "kubectl", Module: "kubernetes", Packages: []string{"k8s.io/kubernetes/cmd/kubectl"}, LDFlags: KubernetesVersion,
			Why: "talking to the cluster", Fetches: 20 * time.Second, Takes: 60 * time.Second},
		wanted: ">= 1.33.0-0", because: "it is too old for the cluster",
		version: []string{"version", "--client", "--output", "yaml"},
	},
	"minikube": {
		program: Program{Name: "minikube", Module: "minikube", Packages: []string{"k8s.io/minikube/cmd/minikube"},
			LDFlags: "-X k8s.io/minikube/pkg/version.version=" + Minikube + " -X k8s.io/minikube/pkg/version.storageProvisionerVersion=v5",
			Without: []Cut{{Module: "k8s.io/minikube", Dir: "pkg/minikube/registry/drvs/kvm2", Stub: "without/kvm2"}},
			Why:     "running the cluster", Fetches: 40 * time.Second, Takes: 240 * time.Second, Then: 120 * time.Second},
		wanted: ">= 1.35.0-0", because: "it is too old for Kubernetes " + Kubernetes,
		version: []string{"version", "--short"},
	},
	"vegeta": {
		program: Program{Name: "vegeta", Module: "vegeta", Packages: []string{"github.com/tsenart/vegeta/v12"},
			Why: "putting load on the API", Fetches: 5 * time.Second, Takes: 20 * time.Second},
		wanted: ">= 12.0.0-0", because: "it is too old",
		version: []string{"-version"},
	},
}

// Versions of what is built from source.
const (
	// Helm is the last one that is made for the client-go of Kubernetes 1.34. Its module asks for the same versions of all that
	// the two have in common, so that the compiler's cache serves both.
	Helm       = "v4.0.5"
	Kubernetes = "v1.34.4"
	Minikube   = "v1.38.1"
)

// KubernetesVersion are the linker flags that tell a Kubernetes program its version.
const KubernetesVersion = "-X k8s.io/component-base/version.gitVersion=" + Kubernetes +
	" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34"

// helmKubernetes are the linker flags that tell helm for which Kubernetes it renders where there is no cluster to ask.
const helmKubernetes = " -X helm.sh/helm/v4/pkg/chart/common.k8sVersionMinor=34" +
	" -X helm.sh/helm/v4/pkg/chart/v2/lint/rules.k8sVersionMinor=34 -X helm.sh/helm/v4/internal/chart/v3/lint/rules.k8sVersionMinor=34"

// Ensure makes the named tools available on a PATH that Bin comes first on. The note says which version of each is used,
// and whether it was built.
func (t *Tools) Ensure(ctx context.Context, names ...string) (note string, err error) {
	tools, err := t.find(ctx, names)
	if err != nil {
		return "", err
	}
	var missing []Program
	var notes []string
	for _, f := range tools {
		if f.why != "" {
			report.Info(ctx, "%s is built from source: %s", f.program.Name, f.why)
			missing = append(missing, f.program)
			f.version = "built from source"
		}
		notes = append(notes, f.program.Name+" "+f.version)
	}
	if err := t.Build(ctx, missing...); err != nil {
		return "", fmt.Errorf("setting up the tools: %w", err)
	}
	return strings.Join(notes, ", "), nil
}

// Check says what Ensure would find or build, and changes nothing.
func (t *Tools) Check(ctx context.Context, names ...string) (note string, err error) {
	tools, err := t.find(ctx, names)
	if err != nil {
		return "", err
	}
	var notes []string
	for _, f := range tools {
		if f.why != "" {
			f.version = "will be built from source: " + f.why
		}
		notes = append(notes, f.program.Name+" "+f.version)
	}
	return strings.Join(notes, ", "), nil
}

// finding is what is known of a tool: the version that is there, or why it has to be built.
type finding struct {
	program      Program
	version, why string
}

// find looks for all tools at the same time.
func (t *Tools) find(ctx context.Context, names []string) ([]finding, error) {
	findings := make([]finding, len(names))
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range names {
		group.Go(func() (err error) {
			known, ok := catalogue[name]
			if !ok {
				return fmt.Errorf("looking for %s: it is none of the tools that can be built: %s", name, strings.Join(slices.Sorted(maps.Keys(catalogue)), ", "))
			}
			known.program = t.Program(name)
			findings[i].program = known.program
			findings[i].version, findings[i].why, err = t.found(ctx, known)
			return err
		})
	}
	return findings, group.Wait()
}

// found looks for a tool that is good enough: its version, or why it has to be built.
func (t *Tools) found(ctx context.Context, known tool) (version, why string, err error) {
	name := known.program.Name
	path, err := t.look(name)
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return "", "it is not on PATH", nil
	}
	if path == known.program.Files()[0] { // our own: good while its module is unchanged, whatever its version
		built, damage, err := t.built(known.program)
		if err != nil || built {
			return "built from tools/" + known.program.Module, "", err
		}
		if damage != "" {
			return "", "the one that was built is broken: " + damage, nil
		}
		return "", "its module has changed", nil
	}
	out, err := t.runner.Output(ctx, runner.Cmd(path, known.version...))
	if ctx.Err() != nil {
		return "", "", context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Sprintf("%s does not tell its version", path), nil
	}
	v, err := parseVersion(out)
	if err != nil {
		return "", fmt.Sprintf("%s does not tell its version", path), nil
	}
	allowed, err := semver.NewConstraint(known.wanted)
	if err != nil {
		return "", "", fmt.Errorf("reading the versions wanted of %s: %w", name, err)
	}
	if !allowed.Check(v) {
		return "", fmt.Sprintf("%s is %s, and %s", path, v.Original(), known.because), nil
	}
	return v.Original(), "", nil
}

// Program is the program that Ensure would build for a tool of that name.
func (t *Tools) Program(name string) Program {
	p := catalogue[name].program
	p.Dir = t.Bin()
	return p
}

// Artifacts are the plan's artifacts of programs, the same ones in every call.
func (t *Tools) Artifacts(programs ...Program) []*plan.Artifact {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []*plan.Artifact
	for _, p := range programs {
		if t.known[p.Name] == nil {
			t.known[p.Name] = t.artifact(p)
		}
		list = append(list, t.known[p.Name])
	}
	return list
}
