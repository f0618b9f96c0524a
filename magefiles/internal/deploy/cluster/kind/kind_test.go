package kind

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// fakeLibrary is kind's library: it notes what is called, as lines beside the runner's, and fails as told.
type fakeLibrary struct {
	calls  []string
	fails  error
	create func() // what happens during a creation
}

func (f *fakeLibrary) Create(name string, options ...kind.CreateOption) error {
	f.calls = append(f.calls, "create "+name)
	if f.create != nil {
		f.create()
	}
	return f.fails
}

func (f *fakeLibrary) Delete(name, kubeconfig string) error {
	f.calls = append(f.calls, "delete "+name+kubeconfig)
	return f.fails
}

func (f *fakeLibrary) ExportKubeConfig(name, kubeconfig string, internal bool) error {
	f.calls = append(f.calls, "export "+name+kubeconfig)
	return f.fails
}

const (
	psCall = "docker ps --all --filter name=^/?x-control-plane$ " +
		"--filter label=io.x-k8s.kind.cluster=x --format {{.State}}"
	findCall = "docker exec x-control-plane find /kind -maxdepth 1 -name todo-app-finished"
	portCall = "docker port x-control-plane 80/tcp"
	apiCall  = "kubectl --context kind-x --request-timeout 5s get --raw /readyz"
	touch    = "docker exec x-control-plane touch /kind/todo-app-finished"
	start    = "docker start x-control-plane"
)

// state answers as an engine whose node is in a state, for times calls (0 for all).
func state(s string, times int) runner.Reply {
	return runner.Reply{Prefix: psCall, Output: s, Times: times}
}

var (
	noNode   = runner.Reply{Prefix: psCall}
	complete = runner.Reply{Prefix: findCall, Output: "/kind/todo-app-finished"}
	halfMade = runner.Reply{Prefix: findCall}
)

func published(address string) runner.Reply {
	return runner.Reply{Prefix: portCall, Output: address}
}

// onPort is a cluster whose creation had begun, on a machine that answers with replies.
func onPort(t *testing.T, port int, replies ...runner.Reply) (Cluster, *runner.Fake, *fakeLibrary) {
	t.Helper()
	fake, library := runner.NewFake(t, replies...), &fakeLibrary{}
	k := Cluster{Local: cluster.Local{Runner: fake, Profile: "x", Namespace: "n", HTTPPort: port, Cache: t.TempDir()},
		library:   library,
		NodeImage: func(context.Context) (string, error) { return "node:1", nil }}
	require.NoError(t, os.WriteFile(k.Begun("kind"), nil, 0o600))
	return k, fake, library
}

func TestAClusterOfTheUsersWithTheSameNameIsLeftAlone(t *testing.T) {
	t.Parallel()
	k, _, library := onPort(t, testkit.FreePort(t), state("running", 0), halfMade)
	require.NoError(t, os.Remove(k.Begun("kind")))
	_, err := k.Ensure(t.Context())
	require.ErrorContains(t, err, "this project did not make it")
	assert.ErrorContains(t, err, "TODO_PROFILE")
	assert.Empty(t, library.calls)
}

func TestACreationThatEndsIsForgotten(t *testing.T) {
	t.Parallel()
	k, _, _ := onPort(t, testkit.FreePort(t), runner.Reply{Prefix: touch})
	require.NoError(t, k.Create(t.Context()))
	assert.NoFileExists(t, k.Begun("kind"))
}

func TestStates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		want    cluster.State
	}{
		"no node":                           {[]runner.Reply{noNode}, cluster.Absent},
		"a complete node that runs":         {[]runner.Reply{state("running", 0), complete}, cluster.Running},
		"a node that runs but is half made": {[]runner.Reply{state("running", 0), halfMade}, cluster.Incomplete},
		"a node that never ran":             {[]runner.Reply{state("created", 0)}, cluster.Incomplete},
		"a node that was stopped":           {[]runner.Reply{state("exited", 0)}, cluster.Stopped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, fake, library := onPort(t, 80, tt.replies...)
			got, err := k.State(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, []string{psCall, findCall}[:len(fake.Lines())], fake.Lines())
			assert.Empty(t, library.calls)
		})
	}
}

func TestNodeThatCannotBeAskedIsNotTakenForHalfMade(t *testing.T) {
	t.Parallel()
	for name, replies := range map[string][]runner.Reply{
		"the engine is gone":       {{Prefix: psCall, Fails: "Cannot connect"}},
		"the node does not answer": {state("running", 0), {Prefix: findCall, Fails: "OCI runtime exec failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _, library := onPort(t, 80, replies...)
			_, err := k.Ensure(t.Context())
			require.ErrorContains(t, err, replies[len(replies)-1].Fails)
			assert.ErrorContains(t, err, `the kind cluster "x"`)
			assert.Empty(t, library.calls, "nothing is removed or created")
		})
	}
}

func TestEnsure(t *testing.T) {
	t.Parallel()
	port := testkit.FreePort(t)
	address := "127.0.0.1:" + strconv.Itoa(port)
	apiDown := runner.Reply{Prefix: apiCall, Fails: "connection refused", Times: 1}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		note    string
		calls   []string
		library []string
	}{
		"leaves a running cluster as it is": {[]runner.Reply{state("running", 0), complete, published(address)},
			`unchanged (kind cluster "x")`, []string{psCall, findCall, portCall, apiCall}, nil},
		"writes the kubeconfig again where it does not lead there": {
			[]runner.Reply{state("running", 0), complete, published(address), apiDown}, `unchanged (kind cluster "x")`,
			[]string{psCall, findCall, portCall, apiCall, apiCall}, []string{"export x"}},
		"starts a stopped node": {[]runner.Reply{state("exited", 1), state("running", 0), complete, published(address)},
			`started again (kind cluster "x")`, []string{psCall, start, psCall, findCall, portCall, apiCall}, nil},
		"creates a cluster and marks it": {nil, `created kind cluster "x"`, []string{psCall, touch},
			[]string{"create x"}},
		"replaces one that is half made": {[]runner.Reply{state("created", 0)},
			`created kind cluster "x"`, []string{psCall, touch}, []string{"delete x", "create x"}},
		"replaces one that was half made when it stopped": {[]runner.Reply{state("exited", 1), state("running", 0)},
			`created kind cluster "x"`, []string{psCall, start, psCall, findCall, touch},
			[]string{"delete x", "create x"}},
	} {
		t.Run(name, func(t *testing.T) { // one at a time: they try the same port
			k, fake, library := onPort(t, port, tt.replies...)
			fake.Allow(tt.calls...)
			note, err := k.Ensure(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.calls, fake.Lines())
			assert.Equal(t, tt.library, library.calls)
		})
	}
}

func TestEnsureTellsWhatKeepsAClusterFromUse(t *testing.T) {
	t.Parallel()
	running := []runner.Reply{state("running", 0), complete}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		says    []string
	}{
		"it publishes another port": {append(running, published("127.0.0.1:8080")),
			[]string{"answers at 127.0.0.1:8080", "TODO_HTTP_PORT says 80", "mage destroy"}},
		"it publishes none": {
			append(running, runner.Reply{Prefix: portCall, Fails: "no public port '80/tcp'"}),
			[]string{"which port", "no public port"}},
		"its node cannot be started": {[]runner.Reply{state("exited", 0), {Prefix: start, Fails: "no space left"}},
			[]string{"starting the stopped kind cluster", "no space left"}},
		"its node ends at once": {[]runner.Reply{state("exited", 0), {Prefix: start}},
			[]string{"ends at once", "docker logs x-control-plane", "mage destroy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _, library := onPort(t, 80, tt.replies...)
			_, err := k.Ensure(t.Context())
			testkit.ErrorSays(t, err, tt.says...)
			assert.Empty(t, library.calls, "a cluster with data is not replaced")
		})
	}
}

func TestPortInUseIsToldBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	k, _, library := onPort(t, l.Addr().(*net.TCPAddr).Port, noNode)
	k.NodeImage = func(context.Context) (string, error) { return "", errors.New("was made") }
	for name, fn := range map[string]func(context.Context) (string, error){"prepare": k.Prepare, "ensure": k.Ensure} {
		_, err := fn(t.Context())
		require.Error(t, err, name)
		testkit.ErrorSays(t, err, `creating the kind cluster "x": port `+strconv.Itoa(k.HTTPPort),
			"address already in use", "ss -ltnp", "TODO_HTTP_PORT=")
	}
	assert.Empty(t, library.calls)
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // the port is taken, as the node itself would take it
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	for name, tt := range map[string]struct {
		replies []runner.Reply
		note    string
	}{
		"needs nothing for a running cluster": {[]runner.Reply{state("running", 0), complete}, "not needed"},
		"needs nothing for a stopped cluster": {[]runner.Reply{state("exited", 0)}, "not needed"},
		"makes the image for one whose creation was interrupted": {[]runner.Reply{state("running", 0), halfMade},
			"node:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _, _ := onPort(t, l.Addr().(*net.TCPAddr).Port, tt.replies...)
			note, err := k.Prepare(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.note, note)
		})
	}
}

func TestFailedCreationIsNotMarked(t *testing.T) {
	t.Parallel()
	k, fake, library := onPort(t, testkit.FreePort(t))
	library.fails = errors.New("could not find a log line")
	assert.ErrorContains(t, k.Create(t.Context()), `creating the kind cluster "x": could not find a log line`)
	assert.Empty(t, fake.Lines())
}

func TestInterruptedCreationRemovesItsNode(t *testing.T) {
	t.Parallel()
	k, fake, library := onPort(t, testkit.FreePort(t))
	cause := errors.New("another step failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	removed := make(chan struct{})
	k.library = &interrupted{fakeLibrary: library, removed: removed, interrupt: func() { cancel(cause) }}
	assert.ErrorIs(t, k.Create(ctx), cause)
	assert.Equal(t, []string{"delete x"}, library.calls)
	assert.NotContains(t, strings.Join(fake.Lines(), "\n"), "touch")
}

// interrupted is kind's library when the user presses Ctrl-C during a creation, which ends with the node's removal
// only.
type interrupted struct {
	*fakeLibrary
	removed   chan struct{}
	interrupt func()
}

func (i *interrupted) Create(string, ...kind.CreateOption) error {
	i.interrupt()
	<-i.removed
	return errors.New("no such container")
}

func (i *interrupted) Delete(name, kubeconfig string) error {
	defer close(i.removed)
	return i.fakeLibrary.Delete(name, kubeconfig)
}

func TestTheLibrarysOwnDockerGoesWhereTheRunnersGoes(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://192.168.49.2:2376")
	t.Setenv("DOCKER_CERT_PATH", "/certs")
	(&Cluster{Env: []string{"DOCKER_HOST=unix:///run/docker.sock"}}).kind(t.Context())
	assert.Equal(t, "unix:///run/docker.sock", os.Getenv("DOCKER_HOST"))
	assert.NotContains(t, strings.Join(os.Environ(), "\n"), "DOCKER_CERT_PATH")
}
