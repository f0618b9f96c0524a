// Package compile builds programs from pinned modules under tools/ into the cache.
package compile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/version"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
	"todo-app/magefiles/internal/tree"
	"todo-app/magefiles/internal/versions"
)

// Compiler builds programs.
type Compiler struct {
	runner      runner.Runner
	root, cache string
	machine     machine.Machine
	plan        *plan.Plan

	mu    sync.Mutex
	known map[string]*plan.Artifact // by program, so that all calls share the work
}

// New returns the Compiler of the repository at root, which keeps what it builds in the folder cache.
func New(r runner.Runner, root, cache string) *Compiler {
	return &Compiler{
		runner: r, root: root, cache: cache, machine: machine.This(),
		plan: plan.New(filepath.Join(cache, "locks")), known: map[string]*plan.Artifact{},
	}
}

// Plan returns the plan in which everything is built: one for all, so that compilers do not get into each other's way.
func (c *Compiler) Plan() *plan.Plan { return c.plan }

// Artifacts returns the plan's artifacts of programs, the same ones in every call.
func (c *Compiler) Artifacts(programs ...Program) []*plan.Artifact {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []*plan.Artifact
	for _, p := range programs {
		if c.known[p.Name] == nil {
			c.known[p.Name] = c.artifact(p)
		}
		list = append(list, c.known[p.Name])
	}
	return list
}

// Build builds programs of the catalogue that are missing or were built from another key.
func (c *Compiler) Build(ctx context.Context, names ...string) error {
	var programs []Program
	for _, name := range names {
		programs = append(programs, c.Program(name))
	}
	return c.plan.Make(ctx, c.Artifacts(programs...)...)
}

// Built returns the folder from which a program of the catalogue was built, "" where it was not, and why it has to be
// built again, "" where it has not.
func (c *Compiler) Built(name string) (from, stale string, err error) {
	p := c.Program(name)
	if _, err := os.Stat(p.File(name)); err != nil {
		return "", "", nil
	}
	current, damage, err := c.built(p)
	switch {
	case damage != "":
		stale = "the one that was built is broken: " + damage
	case !current:
		stale = "its module has changed"
	}
	return path.Join("tools", p.Module), stale, err
}

// Program returns the program of that name in the catalogue.
func (c *Compiler) Program(name string) Program {
	p := catalogue[name]
	p.Name, p.Dir = name, filepath.Join(c.cache, "bin")
	return p
}

// catalogue holds the programs that users may have already, by name.
var catalogue = map[string]Program{
	"helm": {
		Module: "helm", Packages: []string{"helm.sh/helm/v4/cmd/helm"},
		LDFlags: "-X helm.sh/helm/v4/internal/version.version=" + versions.Helm + helmKubernetes,
		Why:     "installing the chart", Fetches: 20 * time.Second, Takes: 80 * time.Second,
	},
	"kubectl": {
		Module: "kubernetes", Packages: []string{"k8s.io/kubernetes/cmd/kubectl"}, LDFlags: KubernetesVersion,
		Why: "talking to the cluster", Fetches: 20 * time.Second, Takes: 60 * time.Second,
	},
	"minikube": {
		Module: "minikube", Packages: []string{"k8s.io/minikube/cmd/minikube"},
		LDFlags: "-X k8s.io/minikube/pkg/version.version=" + versions.Minikube +
			" -X k8s.io/minikube/pkg/version.storageProvisionerVersion=v5",
		Without: []Cut{{Module: "k8s.io/minikube", Dir: "pkg/minikube/registry/drvs/kvm2", Stub: "without/kvm2"}},
		Why:     "running the cluster", Fetches: 40 * time.Second, Takes: 240 * time.Second, Then: 120 * time.Second,
	},
	"vegeta": {
		Module: "vegeta", Packages: []string{"github.com/tsenart/vegeta/v12"},
		Why: "putting load on the API", Fetches: 5 * time.Second, Takes: 20 * time.Second,
	},
}

// KubernetesVersion are the linker flags that tell a Kubernetes program its version.
const KubernetesVersion = "-X k8s.io/component-base/version.gitVersion=" + versions.Kubernetes +
	" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34"

// helmKubernetes are the linker flags that tell helm for which Kubernetes it renders where there is no cluster to ask.
const helmKubernetes = " -X helm.sh/helm/v4/pkg/chart/common.k8sVersionMinor=34" +
	" -X helm.sh/helm/v4/pkg/chart/v2/lint/rules.k8sVersionMinor=34" +
	" -X helm.sh/helm/v4/internal/chart/v3/lint/rules.k8sVersionMinor=34"

// Program is what one call of the Go compiler makes from a module under tools/: a program, or several that share most
// of what they are made from.
type Program struct {
	Name     string        // the program's file; with several packages only what progress lines call them
	Module   string        // folder under tools/
	Packages []string      // packages to build; with several, each program is named after its package's last element
	LDFlags  string        // added to those that strip the program
	Without  []Cut         // what is left out of the modules it is built from
	Dir      string        // folder of the programs
	Why      string        // what needs it, for progress lines
	Fetches  time.Duration // estimate of its download
	Takes    time.Duration // estimate of its compilation on two cores
	Then     time.Duration // see plan.Artifact
}

// Files returns the paths of the programs.
func (p Program) Files() []string {
	if len(p.Packages) == 1 {
		return []string{p.File(p.Name)}
	}
	var files []string
	for _, pkg := range p.Packages {
		name := path.Base(pkg)
		if pkg == "." {
			name = path.Base(p.Module)
		}
		files = append(files, p.File(name))
	}
	return files
}

// File returns the path of one of the programs.
func (p Program) File(name string) string { return filepath.Join(p.Dir, name) }

// artifact returns p as an artifact of the plan. Its modules come first, so that no compiler waits for the network.
func (c *Compiler) artifact(p Program) *plan.Artifact {
	packages := 0 // known once they are downloaded
	return &plan.Artifact{
		Name: p.Name, Doing: "compiling", Why: p.Why, Lane: plan.Compile, Takes: p.Takes, Then: p.Then,
		Ready: func(context.Context) (bool, error) { ready, _, err := c.built(p); return ready, err },
		Make:  func(ctx context.Context) error { return c.compile(ctx, p, packages) },
		Needs: []*plan.Artifact{{
			Name: p.Name + "'s modules", Doing: "downloading", Lane: plan.Network, Takes: p.Fetches,
			Ready: func(context.Context) (bool, error) { return false, nil }, // asked only when the program is missing
			Make: func(ctx context.Context) (err error) {
				packages, err = c.download(ctx, p)
				return err
			},
		}},
	}
}

// Key returns a hash of all that p is made from: its module's files, packages, flags, platform and Go release. A patch
// release of Go changes no key: it is not worth compiling everything again.
func (c *Compiler) Key(p Program) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, p.Packages, p.LDFlags, p.Without, runtime.GOOS, runtime.GOARCH, version.Lang(runtime.Version()))
	err := tree.Tree{Root: c.module(p)}.Hash(hash, func(f tree.File) string { return f.Info.Name() + "\n" })
	if err != nil {
		return "", fmt.Errorf("reading the module of %s: %w", p.Name, err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

func (c *Compiler) module(p Program) string { return filepath.Join(c.root, "tools", p.Module) }

// sealed returns p's files, made from its present key.
func (c *Compiler) sealed(p Program) (sealed.Thing, error) {
	key, err := c.Key(p)
	seal := filepath.Join(c.cache, "stamps", p.Name+".seal")
	return sealed.Thing{Name: p.Name, Key: key, Paths: p.Files(), Seal: seal}, err
}

// built reports whether p's files are there, built from its present key and whole since, or what has damaged them.
func (c *Compiler) built(p Program) (ready bool, damage string, err error) {
	files, err := c.sealed(p)
	if err != nil {
		return false, "", err
	}
	ready, damage = files.Whole()
	return ready, damage, nil
}
