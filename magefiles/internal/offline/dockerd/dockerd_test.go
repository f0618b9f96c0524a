package dockerd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// bench is a machine with a Daemon.
type bench struct {
	*Daemon
	fake *runner.Fake
	bin  string // its PATH
}

// newBench is a Linux machine with programs on PATH.
func newBench(t *testing.T, programs []string) *bench {
	t.Helper()
	b := &bench{bin: testkit.Programs(t, programs...), fake: runner.NewFake(t)}
	b.Daemon = &Daemon{Runner: b.fake, Cache: t.TempDir(), pause: time.Millisecond}
	b.Machine = machine.Machine{GOOS: "linux", Path: []string{b.bin}, Files: fstest.MapFS{
		"proc/self/status": {Data: []byte("CapBnd:\t000001ffffffffff\n")},
	}}
	return b
}

// start starts an engine that answers the second time.
func (b *bench) start(t *testing.T) error {
	t.Helper()
	asked := 0
	return b.Start(t.Context(), func(context.Context) error {
		if asked++; asked == 1 {
			return errors.New("not yet")
		}
		return nil
	})
}

func (b *bench) lines() []string {
	var lines []string
	for _, l := range b.fake.Lines() {
		lines = append(lines, strings.NewReplacer(b.bin, "%bin%", b.Cache, "%cache%").Replace(l))
	}
	return lines
}

const starting = "start-stop-daemon --start"

func TestRootInstallsAndStartsAnEngineWhereThereIsNoInitSystem(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"dockerd", "apt-get", "start-stop-daemon"})
	b.Machine.Root = true
	require.NoError(t, os.Remove(filepath.Join(b.bin, "dockerd")))
	b.fake.Expect(runner.Reply{Prefix: "apt-get install", Does: func(context.Context, runner.Command) error {
		return os.WriteFile(filepath.Join(b.bin, "dockerd"), nil, 0o755)
	}}).Allow("apt-get update", starting)

	assert.Equal(t, "none; deploy installs it from the machine's packages", b.Plan())
	require.NoError(t, b.start(t))
	assert.Equal(t, []string{
		"apt-get update -qq",
		"apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 docker.io containerd runc iptables",
		"start-stop-daemon --start --background --pidfile %cache%/dockerd.pid --output %cache%/dockerd.log --exec " +
			"%bin%/dockerd -- --pidfile %cache%/dockerd.pid",
	}, b.lines())
	assert.NoFileExists(t, filepath.Join(b.Cache, "runc-limited"))
}

func TestALimitedRootGetsALimitedRuntime(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"dockerd", "start-stop-daemon", "jq"})
	b.Machine.Root = true
	b.Machine.Files = fstest.MapFS{"proc/self/status": {Data: []byte("CapBnd:\t000001fffeffffff\n")}}
	b.fake.Allow(starting)
	require.NoError(t, b.start(t))
	assert.Contains(t, b.lines()[0], "--add-runtime limited=%cache%/runc-limited --default-runtime limited")
	script, err := os.ReadFile(filepath.Join(b.Cache, "runc-limited"))
	require.NoError(t, err)
	assert.Equal(t, LimitedRuntime, script)
}

func TestASettledRuntimeIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"dockerd", "start-stop-daemon", "jq"})
	b.Machine.Root = true
	b.Machine.Files = fstest.MapFS{
		"proc/self/status":       {Data: []byte("CapBnd:\t000001fffeffffff\n")},
		"etc/docker/daemon.json": {Data: []byte(`{"default-runtime": "mine"}`)},
	}
	b.fake.Allow(starting)
	require.NoError(t, b.start(t))
	assert.NotContains(t, b.lines()[0], "runtime")
}

func TestSystemdStartsAnEngineThatIsInstalled(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"dockerd", "systemctl"})
	b.Machine.Root = true
	b.Machine.Files = fstest.MapFS{"run/systemd/system/x": {}}
	b.fake.Allow("systemctl start docker")
	require.NoError(t, b.start(t))
	assert.Equal(t, "systemctl start docker", b.lines()[0])
}

func TestADaemonThatGivesUpIsReportedWithItsLastWords(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"dockerd", "start-stop-daemon"})
	b.Machine.Root = true
	const last = "failed to start daemon: Error initializing network controller: permission denied"
	b.fake.Expect(runner.Reply{Prefix: starting, Does: func(context.Context, runner.Command) error {
		return os.WriteFile(b.log(), []byte("level=info msg=\"Starting up\"\n"+last+"\n"), 0o644)
	}})
	err := b.Start(t.Context(), func(context.Context) error { return errors.New("silent") })
	require.ErrorContains(t, err, "it does not come up: Error initializing network controller: permission denied")
	require.ErrorContains(t, err, "Its log is "+b.log())
}

func TestStopEndsOnlyTheEngineThatWasStartedHere(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"dockerd", "start-stop-daemon"})
	b.fake.Allow("start-stop-daemon --stop")
	stopped, err := b.Stop(t.Context())
	require.NoError(t, err)
	assert.False(t, stopped)
	assert.Empty(t, b.lines())

	require.NoError(t, os.WriteFile(b.pidFile(), []byte("4711"), 0o644))
	b.Machine.Files = fstest.MapFS{"proc/4711/comm": {Data: []byte("postgres\n")}}
	stopped, err = b.Stop(t.Context())
	require.NoError(t, err)
	assert.False(t, stopped, "the number has been given to another process since")

	b.Machine.Files = fstest.MapFS{"proc/4711/comm": {Data: []byte("dockerd\n")}}
	stopped, err = b.Stop(t.Context())
	require.NoError(t, err)
	assert.True(t, stopped)
	assert.Equal(t,
		[]string{"start-stop-daemon --stop --oknodo --retry TERM/60/KILL/5 " +
			"--pidfile %cache%/dockerd.pid --exec %bin%/dockerd"}, b.lines())
}

func TestAnEngineIsStartedOnlyByRootOnLinux(t *testing.T) {
	t.Parallel()
	b := newBench(t, []string{"apt-get", "start-stop-daemon"})
	assert.Empty(t, b.Plan())
	b.Machine.Root = true
	assert.Equal(t, "none; deploy installs it from the machine's packages", b.Plan())
	b.Machine.GOOS = "darwin"
	assert.Empty(t, b.Plan())
	b = newBench(t, []string{"dockerd"})
	b.Machine.Root = true
	assert.Empty(t, b.Plan(), "nothing is there that could start it")
	require.NoError(t, os.WriteFile(filepath.Join(b.bin, "start-stop-daemon"), nil, 0o755))
	assert.Equal(t, "does not run; deploy starts it", b.Plan())
}
