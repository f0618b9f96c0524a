package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const versionArgs = " version --format {{.Client.Version}} {{.Server.Version}}"

// starter is a Starter that can do what plan says.
type starter struct {
	plan    string
	started bool
	mended  bool
	fails   error
}

func (s *starter) Plan() string { return s.plan }

func (s *starter) Start(ctx context.Context, answers func(context.Context) error) error {
	s.started = true
	return errors.Join(s.fails, answers(ctx))
}

func (s *starter) Mend(context.Context) error { s.mended = true; return nil }

func (s *starter) Stop(context.Context) (bool, error) { return s.started, nil }

// bench is a machine with an Engine on it.
type bench struct {
	*Engine
	fake *runner.Fake
	bin  string // its PATH
}

// newBench is a Linux machine with programs on PATH, whose calls are answered by replies; %bin% in them is its PATH.
func newBench(t *testing.T, programs []string, replies ...runner.Reply) *bench {
	t.Helper()
	b := &bench{bin: testkit.Programs(t, programs...)}
	for i := range replies {
		replies[i].Prefix = strings.ReplaceAll(replies[i].Prefix, "%bin%", b.bin)
	}
	b.fake = runner.NewFake(t, replies...)
	cache := t.TempDir()
	b.Engine = &Engine{Runner: b.fake, Cache: cache}
	b.Machine = machine.Machine{GOOS: "linux", Path: []string{b.bin}, Files: fstest.MapFS{}}
	b.Starter = &starter{}
	return b
}

func (b *bench) lines() []string {
	var lines []string
	for _, l := range b.fake.Lines() {
		lines = append(lines, strings.NewReplacer(b.bin, "%bin%", b.Cache, "%cache%").Replace(l))
	}
	return lines
}

// silent is what docker says where no engine answers.
const silent = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"

var old = runner.Reply{Prefix: "%bin%/docker version", Output: "20.10.24+dfsg1 20.10.24+dfsg1"}

func TestAnEngineThatAnswersIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker"}, old)
	note, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Docker Engine 20.10.24+dfsg1", note)
	assert.Equal(t, []string{"%bin%/docker" + versionArgs}, b.lines(),
		"a client older than 23 has BuildKit built in: nothing else is asked")
	assert.True(t, b.Starter.(*starter).mended, "it may be one that this project started")
}

func TestANewClientBuildsWhereItHasBuildx(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker"},
		runner.Reply{Prefix: "%bin%/docker version", Output: "29.1.0 29.1.0"},
		runner.Reply{Prefix: "%bin%/docker buildx version"})
	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"%bin%/docker" + versionArgs, "%bin%/docker buildx version"}, b.lines())
	assert.NoFileExists(t, b.link())
}

func TestANewClientWithoutBuildxGivesWayToOneThatBuilds(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker"},
		runner.Reply{Prefix: "%bin%/docker version", Output: "28.2.2 20.10.24"},
		runner.Reply{Prefix: "%bin%/docker buildx", Fails: "docker: unknown command: docker buildx"},
	)
	second := filepath.Join(testkit.Programs(t, "docker"), "docker")
	b.Machine.Path = append(b.Machine.Path, filepath.Dir(second))
	b.fake.Expect(runner.Reply{Prefix: second + " version", Output: "20.10.24 20.10.24"},
		runner.Reply{Prefix: b.link() + " version", Output: "20.10.24 20.10.24"})

	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	target, err := os.Readlink(b.link())
	require.NoError(t, err)
	assert.Equal(t, second, target)

	before := len(b.fake.Lines())
	_, err = b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"%cache%/bin/docker" + versionArgs}, b.lines()[before:],
		"from then on the link is asked first")
}

func TestWithoutAnyClientThatBuildsTheErrorSaysHowToInstallBuildx(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker", "apt-get"},
		runner.Reply{Prefix: "%bin%/docker version", Output: "28.2.2 28.2.2"},
		runner.Reply{Prefix: "%bin%/docker buildx", Fails: "docker: unknown command: docker buildx"},
	)
	_, err := b.Ensure(t.Context())
	require.ErrorContains(t, err, "docker 28.2.2 has no buildx and so cannot build images")
	require.ErrorContains(t, err, "sudo apt-get install docker-buildx-plugin")
}

func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker"}, old)
	note, err := b.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Docker Engine 20.10.24+dfsg1 ("+filepath.Join(b.bin, "docker")+")", note)

	b = newBench(t, nil)
	b.Starter = &starter{plan: "none; deploy installs it from the machine's packages"}
	note, err = b.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "none; deploy installs it from the machine's packages", note)
	assert.Empty(t, b.lines())
	assert.False(t, b.Starter.(*starter).started)
}

func TestAnEngineThatDoesNotAnswerIsStarted(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker"}, runner.Reply{Prefix: "%bin%/docker version", Fails: silent, Times: 1}, old)
	start := &starter{plan: "does not run; deploy starts it"}
	b.Starter = start
	note, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.True(t, start.started)
	assert.Equal(t, "Docker Engine 20.10.24+dfsg1", note)
	stopped, err := b.Stop(t.Context())
	require.NoError(t, err)
	assert.True(t, stopped)
}

func TestAnEngineThatCannotBeStartedLeavesTheAppOnThisMachine(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"docker"}, runner.Reply{Prefix: "%bin%/docker version", Fails: silent})
	b.Starter = &starter{plan: "does not run; deploy starts it", fails: errors.New("no space left on device")}
	_, err := b.Ensure(t.Context())
	require.ErrorContains(t, err, "starting Docker Engine: no space left on device")
	require.ErrorContains(t, err, "`mage dev` runs the app on this machine")
}

func TestAnEngineIsStartedOnlyWhereNobodySaidThatItIsElsewhere(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.Starter = &starter{plan: "does not run; deploy starts it"}
	assert.NotEmpty(t, b.plan(errNoClient))
	assert.Empty(t, b.plan(failed("permission denied while trying to connect to the Docker daemon socket")))
	b.Host = "unix:///elsewhere.sock"
	assert.Empty(t, b.plan(errNoClient))
}
