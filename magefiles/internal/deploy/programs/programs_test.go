package programs

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// builder is a Builder that has built a program from a folder, and remembers what it is asked for.
type builder struct {
	from, stale string
	fails       error
	names       []string
}

func (b *builder) Built(string) (from, stale string, err error) { return b.from, b.stale, nil }

func (b *builder) Build(_ context.Context, names ...string) error {
	b.names = append(b.names, names...)
	return b.fails
}

// finder is a Finder that finds on PATH what paths says.
func finder(fake *runner.Fake, b *builder, paths map[string]string) Finder {
	return Finder{Runner: fake, Builder: b, LookPath: func(name string) (string, error) {
		if path, ok := paths[name]; ok {
			return path, nil
		}
		return "", exec.ErrNotFound
	}}
}

func TestToolsOnPathAreUsedWhereTheyAreGoodEnough(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "/usr/bin/helm version", Output: "v4.1.0"},
		runner.Reply{Prefix: "/usr/bin/kubectl version", Output: "clientVersion:\n  gitVersion: v1.36.2\n"},
	)
	tools := finder(fake, &builder{}, map[string]string{"helm": "/usr/bin/helm", "kubectl": "/usr/bin/kubectl"})
	note, err := tools.Ensure(t.Context(), "helm", "kubectl")
	require.NoError(t, err)
	assert.Equal(t, "helm v4.1.0, kubectl v1.36.2", note)
	assert.ElementsMatch(t,
		[]string{"/usr/bin/helm version --template {{.Version}}", "/usr/bin/kubectl version --client --output yaml"},
		fake.Lines())
}

func TestToolsAreBuiltWhereTheyAreMissingTooOldOrMute(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		paths  map[string]string
		answer runner.Reply
		reason string
	}{
		"missing": {nil, runner.Reply{}, "helm is built from source: it is not on PATH"},
		"too old": {map[string]string{"helm": "/usr/bin/helm"},
			runner.Reply{Prefix: "/usr/bin/helm", Output: "v3.19.2"},
			"helm is built from source: /usr/bin/helm is v3.19.2, and helm 3 has other flags"},
		"mute": {map[string]string{"helm": "/usr/bin/helm"},
			runner.Reply{Prefix: "/usr/bin/helm", Fails: "segmentation fault"},
			"helm is built from source: /usr/bin/helm does not tell its version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := runner.NewFake(t, c.answer)
			built := &builder{}
			tools := finder(fake, built, c.paths)
			var out strings.Builder
			require.NoError(t, report.Plain(&out).Run(t.Context(), "setup", func(ctx context.Context) (string, error) {
				return tools.Ensure(ctx, "helm")
			}))
			assert.Contains(t, out.String(), c.reason)
			assert.Contains(t, out.String(), "helm built from source")
			assert.Equal(t, []string{"helm"}, built.names)
		})
	}
}

func TestMinikubeIsTakenFromPathFromItsFirstVersionThatServesOn(t *testing.T) {
	t.Parallel()
	for printed, want := range map[string]string{
		"v1.38.1":        "minikube v1.38.1",
		"v1.35.0":        "minikube v1.35.0",
		"v1.39.0-beta.0": "minikube v1.39.0-beta.0",
		"v1.34.0": "minikube will be built from source: " +
			"/usr/bin/minikube is v1.34.0, and it is too old for Kubernetes v1.34.4",
	} {
		fake := runner.NewFake(t, runner.Reply{Prefix: "/usr/bin/minikube version --short", Output: printed})
		tools := finder(fake, &builder{}, map[string]string{"minikube": "/usr/bin/minikube"})
		note, err := tools.Check(t.Context(), "minikube")
		require.NoError(t, err)
		assert.Equal(t, want, note)
	}
}

func TestAnUnknownToolIsAnErrorThatNamesTheKnownOnes(t *testing.T) {
	t.Parallel()
	_, err := finder(runner.NewFake(t), &builder{}, nil).Ensure(t.Context(), "terraform")
	assert.EqualError(t, err,
		"looking for terraform: it is none of the tools that can be built: helm, kubectl, minikube, vegeta")
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

func TestAToolThatWasBuiltIsUsedWhileItsModuleIsUnchanged(t *testing.T) {
	t.Parallel()
	fake, b := runner.NewFake(t), &builder{from: "tools/helm"}
	tools := finder(fake, b, map[string]string{"helm": "/usr/bin/helm"})
	note, err := tools.Ensure(t.Context(), "helm")
	require.NoError(t, err)
	assert.Equal(t, "helm built from tools/helm", note)
	assert.Empty(t, b.names)
	assert.Empty(t, fake.Lines(), "nobody is asked for a version")

	b.stale = "its module has changed"
	note, err = tools.Check(t.Context(), "helm")
	require.NoError(t, err)
	assert.Equal(t, "helm will be built from source: its module has changed", note)
	_, err = tools.Ensure(t.Context(), "helm")
	require.NoError(t, err)
	assert.Equal(t, []string{"helm"}, b.names)
}

func TestAFailedBuildSaysWhatItWasFor(t *testing.T) {
	t.Parallel()
	broken := &builder{fails: errors.New("compiling helm: undefined: scheme")}
	_, err := finder(runner.NewFake(t), broken, nil).Ensure(t.Context(), "helm")
	assert.EqualError(t, err, "setting up the tools: compiling helm: undefined: scheme")
}
