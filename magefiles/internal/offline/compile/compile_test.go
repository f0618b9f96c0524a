package compile

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
	"todo-app/magefiles/internal/versions"
)

// goCommand is a go command that has every module.
var goCommand = runner.Reply{Prefix: "go -C ", Does: testkit.GoBuild}

// checkout is the Compiler of a repository with the modules of helm and kubernetes.
func checkout(t *testing.T, fake *runner.Fake) *Compiler {
	t.Helper()
	root := t.TempDir()
	for _, module := range []string{"helm", "kubernetes"} {
		testkit.WriteFiles(t, root,
			map[string]string{"tools/" + module + "/go.mod": "module todo-app/tools/" + module + "\n"})
	}
	return New(fake, root, t.TempDir())
}

func TestAToolIsDownloadedAndThenCompiledOnce(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, goCommand)
	tools := checkout(t, fake)
	require.NoError(t, tools.Build(t.Context(), "helm"))
	require.NoError(t, tools.Build(t.Context(), "helm"))
	from, stale, err := tools.Built("helm")
	require.NoError(t, err)
	assert.Equal(t, "tools/helm", from)
	assert.Empty(t, stale)

	calls := fake.Calls()
	require.Len(t, calls, 2)
	module := filepath.Join(tools.root, "tools", "helm")
	assert.Equal(t,
		"go -C "+module+" list -trimpath -deps -f {{if .Stale}}{{.ImportPath}}{{end}} helm.sh/helm/v4/cmd/helm",
		calls[0].Line)
	assert.Regexp(t,
		`^go -C \S+ build -v -trimpath -buildvcs=false -ldflags -s -w -X `+
			`helm\.sh/helm/v4/internal/version\.version=v4\.\d+\.\d+( -X \S+\.k8sVersionMinor=34){3} -o `+
			`\S+/bin/\.new-\d+/helm helm\.sh/helm/v4/cmd/helm$`, calls[1].Line)
	assert.Equal(t, append([]string{"CGO_ENABLED=0", "GOWORK=off", "GOFLAGS="}, spend(tools.machine, runtime.NumCPU())...),
		calls[1].Env)
	leftovers, err := filepath.Glob(filepath.Join(tools.cache, "bin", ".new-*"))
	require.NoError(t, err)
	assert.Empty(t, leftovers)
}

func TestMinikubeIsBuiltWithoutTheDriverThatTakesACompilerForC(t *testing.T) {
	t.Parallel()
	p := checkout(t, runner.NewFake(t)).Program("minikube")
	assert.Equal(t,
		"-X k8s.io/minikube/pkg/version.version=v1.38.1 -X k8s.io/minikube/pkg/version.storageProvisionerVersion=v5",
		p.LDFlags)
	require.Len(t, p.Without, 1)
	assert.Equal(t, "pkg/minikube/registry/drvs/kvm2", p.Without[0].Dir)
	module := filepath.Join("..", "..", "..", "..", "tools", p.Module)
	assert.FileExists(t, filepath.Join(module, p.Without[0].Stub, "kvm2.go"))
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "k8s.io/minikube "+versions.Minikube)
}

func TestAToolIsBuiltAgainWhenItsModuleChanges(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, goCommand)
	tools := checkout(t, fake)
	require.NoError(t, tools.Build(t.Context(), "helm"))
	testkit.WriteFiles(t, tools.root, map[string]string{"tools/helm/go.sum": "another version"})
	from, stale, err := tools.Built("helm")
	require.NoError(t, err)
	assert.Equal(t, "tools/helm", from)
	assert.Equal(t, "its module has changed", stale)
	require.NoError(t, tools.Build(t.Context(), "helm"))
	assert.Len(t, fake.Calls(), 4)
}

func TestAProgramIsNotReadyBeforeAllOfItIsInPlace(t *testing.T) {
	t.Parallel()
	tools := checkout(t, runner.NewFake(t, goCommand))
	p := Program{Name: "node", Module: "kubernetes", Packages: []string{".", "./etcd", "k8s.io/kubernetes/cmd/kubectl"},
		Dir: t.TempDir()}
	require.NoError(t, tools.plan.Make(t.Context(), tools.Artifacts(p)...))
	for _, name := range []string{"kubernetes", "etcd", "kubectl"} {
		assert.FileExists(t, p.File(name))
	}
	ready, _, err := tools.built(p)
	require.NoError(t, err)
	assert.True(t, ready)
	require.NoError(t, os.Remove(p.File("etcd")))
	ready, _, err = tools.built(p)
	require.NoError(t, err)
	assert.False(t, ready)
}

func TestAFailedCompilationShowsTheErrorAndNotThePackages(t *testing.T) {
	t.Parallel()
	printed := strings.Repeat("k8s.io/api/core/v1\n", 10) +
		"# helm.sh/helm/v4/pkg/kube\npkg/kube/client.go:1:2: undefined: scheme\n" +
		strings.Repeat("k8s.io/api/apps/v1\n", 1000)
	breaks := func(_ context.Context, c runner.Command) error {
		if c.Args[2] != "build" {
			return nil
		}
		for piece := range strings.SplitAfterSeq(printed, "e") { // as it comes: in pieces that know nothing of lines
			if _, err := io.WriteString(c.Stderr, piece); err != nil {
				return err
			}
		}
		return &runner.RunError{Command: c, Output: printed[len(printed)-100:], Inner: errors.New("exit status 1")}
	}
	tools := checkout(t, runner.NewFake(t, runner.Reply{Prefix: "go -C ", Does: breaks}))
	err := tools.Build(t.Context(), "helm")
	require.ErrorContains(t, err, "compiling helm: ")
	require.ErrorContains(t, err, "pkg/kube/client.go:1:2: undefined: scheme")
	assert.NotContains(t, err.Error(), "k8s.io/api")
	assert.NoFileExists(t, filepath.Join(tools.cache, "bin", "helm"))
}
