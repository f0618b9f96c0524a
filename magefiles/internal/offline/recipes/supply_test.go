package recipes

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kind/pkg/apis/config/defaults"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

var (
	present = runner.Reply{Prefix: "docker image inspect"}
	absent  = runner.Reply{Prefix: "docker image inspect", Fails: "Error: No such image"}
	offline = runner.Reply{Prefix: "docker pull",
		Fails: `Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup ` +
			`registry-1.docker.io: no such host`}
	online = runner.Reply{Prefix: "docker pull", Output: "3.11-slim: Pulling from library/python"}
)

// supply is a Supply with the real recipes, on a machine that may build.
func supply(t *testing.T, mode Mode, fake runner.Runner) *Supply {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	require.NoError(t, err)
	return supplyAt(t, root, mode, fake)
}

func supplyAt(t *testing.T, root string, mode Mode, r runner.Runner) *Supply {
	t.Helper()
	cache := t.TempDir()
	s := New(r, compile.New(r, root, cache), root, cache, mode)
	trusted := filepath.Join(t.TempDir(), "ca-certificates.crt")
	require.NoError(t, os.WriteFile(trusted, []byte("certificates of the machine"), 0o644))
	s.machine = machine.Machine{GOOS: "linux", Arch: "amd64", Root: true,
		Path: []string{testkit.Programs(t, "apt-get", "debootstrap", "npm")}}
	s.trusted = trusted
	return s
}

// said is what a step tells while it runs.
func said(t *testing.T, step func(context.Context) error) (string, error) {
	t.Helper()
	var out strings.Builder
	err := report.Plain(&out).Run(t.Context(), "images",
		func(ctx context.Context) (string, error) { return "", step(ctx) })
	return out.String(), err
}

func TestAnImageThatIsThereIsLeftAlone(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, present)
	require.NoError(t, supply(t, Auto, fake).Provide(t.Context(), "python:3.11-slim"))
	assert.Equal(t,
		[]string{`docker image inspect --format {{index .Config.Labels "todo-app.recipe"}} python:3.11-slim`},
		fake.Lines())
}

func TestImagesThatAreThereAreLookedForAtOnce(t *testing.T) {
	t.Parallel()
	const look = `docker image inspect --format {{index .Config.Labels "todo-app.recipe"}} `
	refs := []string{"python:3.11-slim", "example.org/any:1", "node:24-slim", "example.org/other:1"}
	key, err := supply(t, Auto, nil).key(supply(t, Auto, nil).images[refs[0]])
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		python string
		calls  int
	}{"of this recipe": {key, 1}, "from elsewhere": {"<no value>", 1}, "of another recipe": {"another", 5}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := runner.NewFake(t, runner.Reply{Prefix: look + strings.Join(refs, " "), Output: tt.python + "\n\n<no value>"},
				runner.Reply{Prefix: look + refs[0], Output: tt.python}).Allow(look)
			s := supply(t, Auto, fake)
			missing, err := s.missing(t.Context(), refs,
				func(context.Context, string) (bool, error) { return false, nil })
			require.NoError(t, err)
			assert.Equal(t, tt.calls > 1, len(missing) > 0)
			assert.Len(t, fake.Lines(), tt.calls)
		})
	}
}

func TestAMissingImageIsPulledWhereARegistryAnswers(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, absent, online)
	require.NoError(t, supply(t, Auto, fake).Provide(t.Context(), "python:3.11-slim", "example.org/any:1"))
	assert.Subset(t, fake.Lines(), []string{"docker pull python:3.11-slim", "docker pull example.org/any:1"})
}

func TestOnePullFindsOutThatNoRegistryAnswers(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, absent, offline)
	s := supply(t, Never, fake)
	for _, ref := range []string{"python:3.11-slim", "node:24-slim"} {
		require.Error(t, s.Provide(t.Context(), ref))
	}
	assert.Equal(t, 1, strings.Count(strings.Join(fake.Lines(), "\n"), "docker pull"))
}

func TestARegistryThatRefusesOneImageIsStillAskedForTheNext(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, absent,
		runner.Reply{Prefix: "docker pull python", Fails: "toomanyrequests: You have reached your pull rate limit"},
		online)
	s := supply(t, Never, fake)
	require.Error(t, s.Provide(t.Context(), "python:3.11-slim"))
	require.NoError(t, s.Provide(t.Context(), "node:24-slim"))
}

func TestErrorsSayWhyAnImageCannotBeHadAndHowToMendIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode   Mode
		ref    string
		change func(*Supply)
		want   string
	}{
		"forbidden": {Never, "node:24-slim", nil,
			"getting the image node:24-slim: it cannot be pulled (no registry answers: lookup registry-1.docker.io: " +
				"no such host), and TODO_REGISTRY_FREE=0 forbids to build it from packages.\n" +
				"Set TODO_REGISTRY_FREE=auto, or let Docker pull through a mirror: registry-mirrors in " +
				"/etc/docker/daemon.json"},
		"unknown": {Auto, "redis:8", nil,
			"getting the image redis:8: it cannot be pulled (no registry answers: lookup registry-1.docker.io: no " +
				"such host), and there is no recipe to build it from packages.\n" +
				"Let Docker pull through a mirror (registry-mirrors in /etc/docker/daemon.json), or load it from a " +
				"file: docker load --input FILE"},
		"no Debian": {Auto, "node:24-slim", func(s *Supply) {
			s.machine.Path = nil
		}, "getting the image node:24-slim: it cannot be pulled (no registry answers: lookup registry-1.docker.io: " +
			"no such host), and building it from packages takes root on Debian or Ubuntu.\n" +
			"Let Docker pull through a mirror: registry-mirrors in /etc/docker/daemon.json, or Docker Desktop's " +
			"settings, Docker Engine"},
		"not root": {Always, "node:24-slim", func(s *Supply) { s.machine.Root = false },
			"getting the image node:24-slim: it is not in the engine, and building it from packages takes root on " +
				"Debian or Ubuntu.\n" +
				"Let Docker pull through a mirror: registry-mirrors in /etc/docker/daemon.json, or Docker Desktop's " +
				"settings, Docker Engine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := supply(t, c.mode, runner.NewFake(t, absent, offline))
			if c.change != nil {
				c.change(s)
			}
			assert.EqualError(t, s.Provide(t.Context(), c.ref), c.want)
		})
	}
}

func TestAnEngineThatDoesNotAnswerIsNoMissingImage(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "docker image inspect", Fails: "Cannot connect to the Docker daemon"})
	require.ErrorContains(t, supply(t, Auto, fake).Provide(t.Context(), "node:24-slim"),
		"looking for the image node:24-slim: ")
	assert.Len(t, fake.Lines(), 1)
}

func TestTheNodeIsThePublicOneWhereItIsThereOrCanBePulled(t *testing.T) {
	t.Parallel()
	for name, replies := range map[string][]runner.Reply{
		"there":  {present},
		"pulled": {absent, online},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ref, err := supply(t, Auto, runner.NewFake(t, replies...)).Node(t.Context())
			require.NoError(t, err)
			assert.Equal(t, defaults.Image, ref)
		})
	}
}

func TestTheNodeThatWasBuiltIsUsedWithoutAskingARegistry(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "docker image inspect", Fails: absent.Fails, Times: 1})
	s := supply(t, Auto, fake)
	key, err := s.key(s.images[NodeImage])
	require.NoError(t, err)
	fake.Expect(runner.Reply{Prefix: "docker image inspect", Output: key})
	ref, err := s.Node(t.Context())
	require.NoError(t, err)
	assert.Equal(t, NodeImage, ref)
	assert.Len(t, fake.Lines(), 2)
}

func TestANodeOfAnotherRecipeIsNotUsed(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "docker image inspect", Fails: absent.Fails, Times: 1},
		runner.Reply{Prefix: "docker image inspect", Output: "another key"}, offline,
	)
	s := supply(t, Never, fake)
	_, err := s.Node(t.Context())
	require.ErrorContains(t, err, "getting the image "+defaults.Image+": it cannot be pulled")
}

func TestACallThatIsCancelledLeavesTheQuestionToTheNext(t *testing.T) {
	t.Parallel()
	s := supply(t, Auto, runner.NewFake(t, online))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("Ctrl-C"))
	require.EqualError(t, s.pull(ctx, s.registry, "python:3.11-slim"), "Ctrl-C")
	require.NoError(t, s.pull(t.Context(), s.registry, "python:3.11-slim"))
}
