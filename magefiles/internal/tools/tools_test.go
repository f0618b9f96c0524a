package tools

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// compiler is a Fake that writes the programs which `go build` was asked for.
type compiler struct {
	*runner.Fake
}

func (c compiler) Run(ctx context.Context, cmd runner.Command) error {
	if err := c.Fake.Run(ctx, cmd); err != nil {
		return err
	}
	if cmd.Name != "go" || cmd.Args[2] != "build" {
		return nil
	}
	out := cmd.Args[indexOf(cmd.Args, "-o")+1]
	if !strings.HasSuffix(out, string(filepath.Separator)) {
		return os.WriteFile(out, []byte("program"), 0o755)
	}
	for _, pkg := range cmd.Args[indexOf(cmd.Args, "-o")+2:] {
		name := filepath.Base(pkg)
		if pkg == "." {
			name = filepath.Base(cmd.Args[1])
		}
		if err := os.WriteFile(filepath.Join(out, name), []byte("program"), 0o755); err != nil {
			return err
		}
	}
	return nil
}

func indexOf(list []string, s string) int {
	for i, l := range list {
		if l == s {
			return i
		}
	}
	return -1
}

// checkout is a repository with the modules of helm and kubernetes, and Tools for it that find on PATH what paths says.
func checkout(t *testing.T, fake *runner.Fake, paths map[string]string) *Tools {
	t.Helper()
	root := t.TempDir()
	for _, module := range []string{"helm", "kubernetes"} {
		require.NoError(t, writeFile(filepath.Join(root, "tools", module, "go.mod"), []byte("module todo-app/tools/"+module+"\n")))
	}
	tools := New(compiler{fake}, root, t.TempDir())
	tools.look = func(name string) (string, error) {
		if _, err := os.Stat(filepath.Join(tools.Bin(), name)); err == nil {
			return filepath.Join(tools.Bin(), name), nil
		}
		if path, ok := paths[name]; ok {
			return path, nil
		}
		return "", exec.ErrNotFound
	}
	return tools
}

func TestToolsOnPathAreUsedWhereTheyAreGoodEnough(t *testing.T) {
	t.Parallel()
	fake := &runner.Fake{Replies: []runner.Reply{
		{Prefix: "/usr/bin/helm version", Output: "v4.1.0"},
		{Prefix: "/usr/bin/kubectl version", Output: "clientVersion:\n  gitVersion: v1.36.2\n"},
	}}
	tools := checkout(t, fake, map[string]string{"helm": "/usr/bin/helm", "kubectl": "/usr/bin/kubectl"})
	note, err := tools.Ensure(t.Context(), "helm", "kubectl")
	require.NoError(t, err)
	assert.Equal(t, "helm v4.1.0, kubectl v1.36.2", note)
	assert.ElementsMatch(t, []string{"/usr/bin/helm version --template {{.Version}}", "/usr/bin/kubectl version --client --output yaml"}, fake.Lines())
}

func TestToolsAreBuiltWhereTheyAreMissingTooOldOrMute(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paths  map[string]string
		answer runner.Reply
		reason string
	}{
		"missing": {nil, runner.Reply{}, "helm is built from source: it is not on PATH"},
		"too old": {map[string]string{"helm": "/usr/bin/helm"}, runner.Reply{Prefix: "/usr/bin/helm", Output: "v3.19.2"},
			"helm is built from source: /usr/bin/helm is v3.19.2, and helm 3 has other flags"},
		"mute": {map[string]string{"helm": "/usr/bin/helm"}, runner.Reply{Prefix: "/usr/bin/helm", Fails: "segmentation fault"},
			"helm is built from source: /usr/bin/helm does not tell its version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &runner.Fake{Replies: []runner.Reply{c.answer}}
			if c.answer.Prefix == "" {
				fake.Replies = nil
			}
			tools := checkout(t, fake, c.paths)
			var out strings.Builder
			require.NoError(t, report.Plain(&out).Run(t.Context(), "setup", func(ctx context.Context) (string, error) {
				return tools.Ensure(ctx, "helm")
			}))
			assert.Contains(t, out.String(), c.reason)
			assert.Contains(t, out.String(), "helm built from source")
			assert.FileExists(t, filepath.Join(tools.Bin(), "helm"))
		})
	}
}

func TestAToolIsDownloadedAndThenCompiledOnce(t *testing.T) {
	t.Parallel()
	fake := &runner.Fake{}
	tools := checkout(t, fake, nil)
	_, err := tools.Ensure(t.Context(), "helm")
	require.NoError(t, err)
	note, err := tools.Ensure(t.Context(), "helm")
	require.NoError(t, err)
	assert.Equal(t, "helm built from tools/helm", note)

	calls := fake.Calls()
	require.Len(t, calls, 2)
	module := filepath.Join(tools.root, "tools", "helm")
	assert.Equal(t, "go -C "+module+" list -trimpath -deps -f {{if .Stale}}{{.ImportPath}}{{end}} helm.sh/helm/v4/cmd/helm", calls[0].Line)
	assert.Regexp(t, `^go -C \S+ build -v -trimpath -buildvcs=false -ldflags -s -w -X helm\.sh/helm/v4/internal/version\.version=v4\.\d+\.\d+( -X \S+\.k8sVersionMinor=34){3} -o \S+/bin/\.new-\d+/helm helm\.sh/helm/v4/cmd/helm$`, calls[1].Line)
	assert.Equal(t, []string{"CGO_ENABLED=0", "GOWORK=off", "GOFLAGS="}, calls[1].Env)
	leftovers, err := filepath.Glob(filepath.Join(tools.Bin(), ".new-*"))
	require.NoError(t, err)
	assert.Empty(t, leftovers)
}

func TestMinikubeIsTakenFromPathFromItsFirstVersionThatServesOn(t *testing.T) {
	t.Parallel()
	for printed, want := range map[string]string{
		"v1.38.1":        "minikube v1.38.1",
		"v1.35.0":        "minikube v1.35.0",
		"v1.39.0-beta.0": "minikube v1.39.0-beta.0",
		"v1.34.0":        "minikube will be built from source: /usr/bin/minikube is v1.34.0, and it is too old for Kubernetes v1.34.4",
	} {
		fake := &runner.Fake{Replies: []runner.Reply{{Prefix: "/usr/bin/minikube version --short", Output: printed}}}
		note, err := checkout(t, fake, map[string]string{"minikube": "/usr/bin/minikube"}).Check(t.Context(), "minikube")
		require.NoError(t, err)
		assert.Equal(t, want, note)
	}
}

func TestMinikubeIsBuiltWithoutTheDriverThatTakesACompilerForC(t *testing.T) {
	t.Parallel()
	p := checkout(t, &runner.Fake{}, nil).Program("minikube")
	assert.Equal(t, "-X k8s.io/minikube/pkg/version.version=v1.38.1 -X k8s.io/minikube/pkg/version.storageProvisionerVersion=v5", p.LDFlags)
	require.Len(t, p.Without, 1)
	assert.Equal(t, "pkg/minikube/registry/drvs/kvm2", p.Without[0].Dir)
	module := filepath.Join("..", "..", "..", "tools", p.Module)
	assert.FileExists(t, filepath.Join(module, p.Without[0].Stub, "kvm2.go"))
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "k8s.io/minikube "+Minikube)
}

func TestAToolIsBuiltAgainWhenItsModuleChanges(t *testing.T) {
	t.Parallel()
	fake := &runner.Fake{}
	tools := checkout(t, fake, nil)
	_, err := tools.Ensure(t.Context(), "helm")
	require.NoError(t, err)
	require.NoError(t, writeFile(filepath.Join(tools.root, "tools", "helm", "go.sum"), []byte("another version")))
	note, err := tools.Check(t.Context(), "helm")
	require.NoError(t, err)
	assert.Equal(t, "helm will be built from source: its module has changed", note)
	_, err = tools.Ensure(t.Context(), "helm")
	require.NoError(t, err)
	assert.Len(t, fake.Calls(), 4)
}

func TestAProgramIsNotReadyBeforeAllOfItIsInPlace(t *testing.T) {
	t.Parallel()
	tools := checkout(t, &runner.Fake{}, nil)
	p := Program{Name: "node", Module: "kubernetes", Packages: []string{".", "./etcd", "k8s.io/kubernetes/cmd/kubectl"}, Dir: t.TempDir()}
	require.NoError(t, tools.Build(t.Context(), p))
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
	tools := checkout(t, &runner.Fake{}, nil)
	printed := strings.Repeat("k8s.io/api/core/v1\n", 10) + "# helm.sh/helm/v4/pkg/kube\npkg/kube/client.go:1:2: undefined: scheme\n" + strings.Repeat("k8s.io/api/apps/v1\n", 1000)
	tools.runner = broken{&runner.Fake{}, printed}
	_, err := tools.Ensure(t.Context(), "helm")
	require.ErrorContains(t, err, "setting up the tools: compiling helm: ")
	require.ErrorContains(t, err, "pkg/kube/client.go:1:2: undefined: scheme")
	assert.NotContains(t, err.Error(), "k8s.io/api")
	assert.NoFileExists(t, filepath.Join(tools.Bin(), "helm"))
}

// broken is a Runner whose compiler fails.
type broken struct {
	*runner.Fake
	printed string
}

func (b broken) Run(ctx context.Context, c runner.Command) error {
	if c.Args[2] != "build" {
		return b.Fake.Run(ctx, c)
	}
	for piece := range strings.SplitAfterSeq(b.printed, "e") { // as it comes: in pieces that know nothing of lines
		if _, err := io.WriteString(c.Stderr, piece); err != nil {
			return err
		}
	}
	return &runner.RunError{Command: c, Output: b.printed[len(b.printed)-100:], Inner: errors.New("exit status 1")}
}

func TestAnUnknownToolIsAnErrorThatNamesTheKnownOnes(t *testing.T) {
	t.Parallel()
	_, err := checkout(t, &runner.Fake{}, nil).Ensure(t.Context(), "terraform")
	assert.EqualError(t, err, "looking for terraform: it is none of the tools that can be built: helm, kubectl, minikube, vegeta")
}

func TestVersionsAreFoundInWhatToolsPrint(t *testing.T) {
	t.Parallel()
	for printed, want := range map[string]string{
		"v4.3.1": "4.3.1",
		"clientVersion:\n  gitVersion: v1.32.4-dispatcher\nkustomizeVersion: v5.5.0": "1.32.4-dispatcher",
		"v1.35.1+k3s1": "1.35.1+k3s1",
		"v1.38.1":      "1.38.1",
	} {
		v, err := parseVersion(printed)
		require.NoError(t, err)
		assert.Equal(t, want, v.String())
	}
	_, err := parseVersion("version unknown")
	assert.EqualError(t, err, `there is no version in "version unknown"`)
}
