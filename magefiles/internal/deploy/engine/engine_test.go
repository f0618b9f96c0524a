package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

const versionArgs = " version --format {{.Client.Version}} {{.Server.Version}}"

// bench is a machine with an Engine on it.
type bench struct {
	*Engine
	fake *runner.Fake
	bin  string // its PATH
}

// machine is a Linux machine with programs on PATH, whose calls are answered by replies; %bin% in them is its PATH.
func machine(t *testing.T, programs []string, replies ...runner.Reply) *bench {
	t.Helper()
	b := &bench{bin: t.TempDir()}
	for _, p := range programs {
		require.NoError(t, os.WriteFile(filepath.Join(b.bin, p), nil, 0o755))
	}
	for i := range replies {
		replies[i].Prefix = strings.ReplaceAll(replies[i].Prefix, "%bin%", b.bin)
	}
	b.fake = &runner.Fake{Replies: replies}
	cache := t.TempDir()
	b.Engine = &Engine{Runner: b.fake, Cache: cache}
	b.host = &host{goos: "linux", path: []string{b.bin}, link: b.link(), pause: time.Millisecond, files: fstest.MapFS{
		"proc/self/status": {Data: []byte("CapBnd:\t000001ffffffffff\n")},
	}}
	return b
}

func (b *bench) lines() []string {
	var lines []string
	for _, l := range b.fake.Lines() {
		lines = append(lines, strings.NewReplacer(b.bin, "%bin%", b.Cache, "%cache%").Replace(l))
	}
	return lines
}

var (
	silent = runner.Reply{Prefix: "%bin%/docker version", Fails: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"}
	old    = runner.Reply{Prefix: "%bin%/docker version", Output: "20.10.24+dfsg1 20.10.24+dfsg1"}
)

func TestAnEngineThatAnswersIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker"}, old)
	note, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Docker Engine 20.10.24+dfsg1", note)
	assert.Equal(t, []string{"%bin%/docker" + versionArgs}, b.lines(), "a client older than 23 has BuildKit built in: nothing else is asked")
}

func TestANewClientBuildsWhereItHasBuildx(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker"}, runner.Reply{Prefix: "%bin%/docker version", Output: "29.1.0 29.1.0"})
	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"%bin%/docker" + versionArgs, "%bin%/docker buildx version"}, b.lines())
	assert.NoFileExists(t, b.link())
}

func TestANewClientWithoutBuildxGivesWayToOneThatBuilds(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker"},
		runner.Reply{Prefix: "%bin%/docker version", Output: "28.2.2 20.10.24"},
		runner.Reply{Prefix: "%bin%/docker buildx", Fails: "docker: unknown command: docker buildx"},
	)
	second := filepath.Join(t.TempDir(), "docker")
	require.NoError(t, os.WriteFile(second, nil, 0o755))
	b.host.path = append(b.host.path, filepath.Dir(second))
	b.fake.Replies = append(b.fake.Replies, runner.Reply{Prefix: second + " version", Output: "20.10.24 20.10.24"},
		runner.Reply{Prefix: b.link() + " version", Output: "20.10.24 20.10.24"})

	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	target, err := os.Readlink(b.link())
	require.NoError(t, err)
	assert.Equal(t, second, target)

	before := len(b.fake.Lines())
	_, err = b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"%cache%/bin/docker" + versionArgs}, b.lines()[before:], "from then on the link is asked first")
}

func TestWithoutAnyClientThatBuildsTheErrorSaysHowToInstallBuildx(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "apt-get"},
		runner.Reply{Prefix: "%bin%/docker version", Output: "28.2.2 28.2.2"},
		runner.Reply{Prefix: "%bin%/docker buildx", Fails: "docker: unknown command: docker buildx"},
	)
	_, err := b.Ensure(t.Context())
	require.ErrorContains(t, err, "docker 28.2.2 has no buildx and so cannot build images")
	require.ErrorContains(t, err, "sudo apt-get install docker-buildx-plugin")
}

func TestRootInstallsAndStartsAnEngineWhereThereIsNoInitSystem(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "dockerd", "apt-get", "start-stop-daemon"},
		runner.Reply{Prefix: "%bin%/docker version", Fails: silent.Fails, Times: 1}, old)
	b.host.root = true
	require.NoError(t, os.Remove(filepath.Join(b.bin, "dockerd")))
	b.Runner = installing{b.fake, func() { _ = os.WriteFile(filepath.Join(b.bin, "dockerd"), nil, 0o755) }}

	note, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Docker Engine 20.10.24+dfsg1", note)
	assert.Equal(t, []string{
		"apt-get update -qq",
		"apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 docker.io containerd runc iptables",
		"start-stop-daemon --start --background --pidfile %cache%/dockerd.pid --output %cache%/dockerd.log --exec %bin%/dockerd -- --pidfile %cache%/dockerd.pid",
	}, b.lines()[1:4])
	assert.NoFileExists(t, filepath.Join(b.Cache, "runc-limited"))
}

// installing is a Runner whose apt-get install has an effect.
type installing struct {
	*runner.Fake
	install func()
}

func (i installing) Run(ctx context.Context, c runner.Command) error {
	if c.Name == "apt-get" && c.Args[0] == "install" {
		i.install()
	}
	return i.Fake.Run(ctx, c)
}

func TestALimitedRootGetsALimitedRuntime(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "dockerd", "start-stop-daemon", "jq"}, runner.Reply{Prefix: "%bin%/docker version", Fails: silent.Fails, Times: 1}, old)
	b.host.root = true
	b.host.files = fstest.MapFS{"proc/self/status": {Data: []byte("CapBnd:\t000001fffeffffff\n")}}
	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Contains(t, b.lines()[1], "--add-runtime limited=%cache%/runc-limited --default-runtime limited")
	script, err := os.ReadFile(filepath.Join(b.Cache, "runc-limited"))
	require.NoError(t, err)
	assert.Equal(t, LimitedRuntime, script)
}

func TestASettledRuntimeIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "dockerd", "start-stop-daemon", "jq"}, runner.Reply{Prefix: "%bin%/docker version", Fails: silent.Fails, Times: 1}, old)
	b.host.root = true
	b.host.files = fstest.MapFS{
		"proc/self/status":       {Data: []byte("CapBnd:\t000001fffeffffff\n")},
		"etc/docker/daemon.json": {Data: []byte(`{"default-runtime": "mine"}`)},
	}
	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, b.lines()[1], "runtime")
}

func TestSystemdStartsAnEngineThatIsInstalled(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "dockerd", "systemctl"}, runner.Reply{Prefix: "%bin%/docker version", Fails: silent.Fails, Times: 1}, old)
	b.host.root = true
	b.host.files = fstest.MapFS{"run/systemd/system/x": {}}
	_, err := b.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "systemctl start docker", b.lines()[1])
}

func TestADaemonThatGivesUpIsReportedWithItsLastWords(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "dockerd", "start-stop-daemon"}, silent)
	b.host.root = true
	b.Runner = failing{b.fake, b.log()}
	_, err := b.Ensure(t.Context())
	require.ErrorContains(t, err, "it does not come up: Error initializing network controller: permission denied")
	require.ErrorContains(t, err, "Its log is "+b.log())
}

// failing is a Runner whose dockerd gives up.
type failing struct {
	*runner.Fake
	log string
}

func (f failing) Run(ctx context.Context, c runner.Command) error {
	if c.Name == "start-stop-daemon" {
		return os.WriteFile(f.log, []byte("level=info msg=\"Starting up\"\nfailed to start daemon: Error initializing network controller: permission denied\n"), 0o644)
	}
	return f.Fake.Run(ctx, c)
}

func TestStopEndsOnlyTheEngineThatWasStartedHere(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker", "dockerd", "start-stop-daemon"})
	stopped, err := b.Stop(t.Context())
	require.NoError(t, err)
	assert.False(t, stopped)
	assert.Empty(t, b.lines())

	require.NoError(t, os.WriteFile(b.pidFile(), []byte("4711"), 0o644))
	b.host.files = fstest.MapFS{"proc/4711/comm": {Data: []byte("postgres\n")}}
	stopped, err = b.Stop(t.Context())
	require.NoError(t, err)
	assert.False(t, stopped, "the number has been given to another process since")

	b.host.files = fstest.MapFS{"proc/4711/comm": {Data: []byte("dockerd\n")}}
	stopped, err = b.Stop(t.Context())
	require.NoError(t, err)
	assert.True(t, stopped)
	assert.Equal(t, []string{"start-stop-daemon --stop --oknodo --retry TERM/60/KILL/5 --pidfile %cache%/dockerd.pid --exec %bin%/dockerd"}, b.lines())
}

func TestCheckChangesNothing(t *testing.T) {
	t.Parallel()
	b := machine(t, []string{"docker"}, old)
	note, err := b.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Docker Engine 20.10.24+dfsg1 ("+filepath.Join(b.bin, "docker")+")", note)

	b = machine(t, []string{"apt-get", "start-stop-daemon"})
	b.host.root = true
	note, err = b.Check(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "none; deploy installs it from the machine's packages", note)
	assert.Empty(t, b.lines())
}
