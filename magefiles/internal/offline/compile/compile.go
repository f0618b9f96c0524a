// Package compile builds programs from pinned modules under tools/ into the cache.
package compile

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/versions"
)

// Compiler builds programs.
type Compiler struct {
	runner      runner.Runner
	root, cache string
	plan        *plan.Plan

	mu    sync.Mutex
	known map[string]*plan.Artifact // by program, so that all calls share the work
}

// New returns the Compiler of the repository at root, which keeps what it builds in the folder cache.
func New(r runner.Runner, root, cache string) *Compiler {
	return &Compiler{
		runner: r, root: root, cache: cache,
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
