package kind

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	kind "sigs.k8s.io/kind/pkg/cluster"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/runner"
)

// fakeLibrary is kind's library: it notes what is called, as lines beside the runner's, and fails as told.
type fakeLibrary struct {
	calls       []string
	fails       error
	createFails error
	kubeconfig  string // the user's, out of which a deletion takes the entries
}

func (f *fakeLibrary) Create(name string, options ...kind.CreateOption) error {
	f.calls = append(f.calls, "create "+name)
	return f.createFails
}

func (f *fakeLibrary) Delete(name, kubeconfig string) error {
	if kubeconfig != "" {
		name += " but its entries"
	} else {
		_ = os.Remove(f.kubeconfig)
	}
	f.calls = append(f.calls, "delete "+name)
	return f.fails
}

func (f *fakeLibrary) KubeConfig(name string, internal bool) (string, error) {
	f.calls = append(f.calls, "export "+name)
	return kubeconfig(33795), f.fails
}

const (
	psCall    = `docker ps --all --filter name=^/?x-control-plane$ --format {{.State}} {{.Label "io.x-k8s.kind.cluster"}}`
	nodesCall = "docker ps --all --filter label=io.x-k8s.kind.cluster=x --format {{.Names}}"
	findCall  = "docker exec x-control-plane find /kind -maxdepth 1 -name todo-app-finished"
	copyCall  = "docker cp x-control-plane:/kind/todo-app-finished -"
	madeFor   = "docker inspect --format {{json .HostConfig.PortBindings}} x-control-plane"
	mounts    = "docker inspect --format {{json .Mounts}} x-control-plane"
	portCall  = "docker port x-control-plane"
	apiCall   = "kubectl --context kind-x --request-timeout 5s get --raw /readyz"
	touch     = "docker exec x-control-plane touch /kind/todo-app-finished"
	start     = "docker start x-control-plane"
	volumes   = `docker volume ls --filter name=v --format {{.Name}} {{.Label ""}}`
)

// state answers as an engine whose node is in a state ("" for no node), for times calls (0 for all).
func state(s string, times int) runner.Reply {
	return runner.Reply{Prefix: psCall, Output: s + " x", Times: times}
}

var (
	complete   = runner.Reply{Prefix: "docker exec x-control-plane find", Output: "/kind/todo-app-finished"}
	unfinished = runner.Reply{
		Prefix: copyCall,
		Fails:  "Error response from daemon: Could not find the file /kind/todo-app-finished in container x",
	}
	atPort = runner.Reply{
		Prefix: madeFor,
		Output: `{"6443/tcp":[{"HostIp":"127.0.0.1","HostPort":"33795"}],"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"80"}]}`,
	}
	mountsOf = runner.Reply{
		Prefix: mounts,
		Output: `[{"Source":"/lib/modules","Destination":"/lib/modules"},{"Name":"v","Destination":"/var"}]`,
	}
	atOther = runner.Reply{Prefix: madeFor, Output: `{"6443/tcp":[{"HostIp":"127.0.0.1","HostPort":"40001"}]}`}
)

// published answers as a node that serves its API at 33795, and the ingress at an address.
func published(address string) runner.Reply {
	return runner.Reply{Prefix: portCall, Output: "6443/tcp -> 127.0.0.1:33795\n80/tcp -> " + address}
}

// kubeconfig has a context of the cluster's name that leads to a port.
func kubeconfig(port int) string {
	return fmt.Sprintf(`{"contexts":[{"name":"kind-x","context":{"cluster":"kind-x","user":"kind-x"}}],
		"clusters":[{"name":"kind-x","cluster":{"server":"https://127.0.0.1:%d"}}],"users":[{"name":"kind-x","user":{}}]}`, port)
}

// freePort is a port that nothing else takes.
func freePort(t *testing.T) int {
	t.Helper()
	port, err := ports.Hold()
	require.NoError(t, err)
	return port
}

// onPort is a cluster that was made, its API server at 33795, on a machine that answers with replies.
func onPort(t *testing.T, port int, replies ...runner.Reply) (Cluster, *runner.Fake, *fakeLibrary) {
	t.Helper()
	fake, library := runner.NewFake(t, replies...), &fakeLibrary{}
	fake.Allow(
		psCall,
		nodesCall,
		findCall,
		copyCall,
		volumes,
		touch,
		start,
		apiCall,
		"docker network ",
		"docker volume rm --force v",
	)
	k := Cluster{Local: cluster.Local{Runner: fake, Profile: "x", Namespace: "n", HTTPPort: port, Cache: t.TempDir(),
		Kubeconfigs: []string{filepath.Join(t.TempDir(), "config")}}, library: library,
		NodeImage: func(context.Context) (string, error) { return "node:1", nil }}
	require.NoError(t, k.marker().Write(made{API: 33795, Volume: "v"}))
	require.NoError(t, os.WriteFile(k.Kubeconfigs[0], []byte(kubeconfig(33795)), 0o600))
	library.kubeconfig = k.Kubeconfigs[0]
	return k, fake, library
}

func TestStates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		want    cluster.State
	}{
		"no node":                           {nil, cluster.Absent},
		"a complete node that runs":         {[]runner.Reply{state("running", 0), complete}, cluster.Running},
		"a node that runs but is half made": {[]runner.Reply{state("running", 0), atPort}, cluster.Incomplete},
		"a node that never ran":             {[]runner.Reply{state("created", 0), unfinished, atPort}, cluster.Incomplete},
		"a node that was stopped":           {[]runner.Reply{state("exited", 0)}, cluster.Stopped},
		"a half made one that was stopped":  {[]runner.Reply{state("exited", 0), unfinished, atPort}, cluster.Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, fake, library := onPort(t, 80, tt.replies...)
			got, err := k.State(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			for _, call := range fake.Lines() {
				assert.Contains(t, []string{psCall, findCall, copyCall, madeFor}, call, "nothing is changed")
			}
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
	port := freePort(t)
	address := "127.0.0.1:" + strconv.Itoa(port)
	apiDown := runner.Reply{Prefix: apiCall, Fails: "connection refused", Times: 1}
	networkGone := runner.Reply{
		Prefix: start,
		Fails:  "Error response from daemon: network 9f484524a32c not found",
		Times:  1,
	}
	network := `docker network ls --filter name=kind --format {{.Name}} {{.Label ""}}`
	half := []runner.Reply{state("created", 2), unfinished, atPort, published(address)}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		note    string
		calls   []string
		library []string
	}{
		"leaves a running cluster as it is": {[]runner.Reply{state("running", 0), complete, published(address)},
			`unchanged (kind cluster "x")`, []string{psCall, findCall, portCall, apiCall}, nil},
		"writes the kubeconfig again where it does not lead there": {[]runner.Reply{state("running", 0), complete, published(address), apiDown},
			`unchanged (kind cluster "x")`, []string{psCall, findCall, portCall, apiCall, apiCall}, []string{"export x"}},
		"starts a stopped node": {[]runner.Reply{state("exited", 1), state("running", 0), complete, published(address)},
			`started again (kind cluster "x")`, []string{psCall, copyCall, start, psCall, findCall, portCall, apiCall}, nil},
		"makes the network of a stopped node anew": {[]runner.Reply{state("exited", 1), networkGone, state("running", 0), complete, published(address)},
			`started again (kind cluster "x")`, []string{psCall, copyCall, start, network, "docker network create kind", "docker network disconnect --force kind x-control-plane",
				"docker network connect kind x-control-plane", start, psCall, findCall, portCall, apiCall}, nil},
		"creates a cluster and marks it": {[]runner.Reply{published(address)},
			`created kind cluster "x"`, []string{psCall, volumes, touch, portCall, mounts, nodesCall, apiCall}, []string{"delete x", "create x", "export x"}},
		"replaces one that is half made": {half,
			`created kind cluster "x"`, []string{psCall, copyCall, madeFor, psCall, copyCall, madeFor, madeFor, touch, portCall, mounts, nodesCall, apiCall}, []string{"delete x", "delete x", "create x", "export x"}},
	} {
		t.Run(name, func(t *testing.T) { // one at a time: they try the same port
			k, fake, library := onPort(t, port, append(tt.replies, mountsOf)...)
			note, err := k.Ensure(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.calls, fake.Lines())
			assert.Equal(t, tt.library, library.calls)
			known, err := k.made()
			require.NoError(t, err)
			assert.Equal(t, made{API: 33795, Volume: "v"}, known)
			complete, err := k.checkContext(33795)
			require.NoError(t, err)
			assert.True(t, complete, "the kubeconfig leads there")
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
		"it publishes none":          {append(running, runner.Reply{Prefix: portCall, Fails: "no public port '80/tcp'"}), []string{"which ports", "no public port"}},
		"its node cannot be started": {[]runner.Reply{state("exited", 0), {Prefix: start, Fails: "no space left"}}, []string{"starting the stopped kind cluster", "no space left"}},
		"its node ends at once":      {[]runner.Reply{state("exited", 0)}, []string{"ends at once", "docker logs x-control-plane", "mage destroy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _, library := onPort(t, 80, tt.replies...)
			_, err := k.Ensure(t.Context())
			require.Error(t, err)
			for _, says := range tt.says {
				assert.ErrorContains(t, err, says)
			}
			assert.Empty(t, library.calls, "a cluster with data is not replaced")
		})
	}
}

func TestPortInUseIsToldBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	k, _, library := onPort(t, l.Addr().(*net.TCPAddr).Port)
	require.NoError(t, k.marker().Remove())
	require.NoError(t, os.Remove(k.Kubeconfigs[0]))
	k.NodeImage = func(context.Context) (string, error) { return "", errors.New("was made") }
	for name, fn := range map[string]func(context.Context) (string, error){"prepare": k.Prepare, "ensure": k.Ensure} {
		_, err := fn(t.Context())
		require.Error(t, err, name)
		for _, says := range []string{`creating the kind cluster "x": port ` + strconv.Itoa(k.HTTPPort), "address already in use", "ss -ltnp", "TODO_HTTP_PORT="} {
			assert.ErrorContains(t, err, says)
		}
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
		"needs nothing for a running cluster":                    {[]runner.Reply{state("running", 0), complete}, "not needed"},
		"needs nothing for a stopped cluster":                    {[]runner.Reply{state("exited", 0)}, "not needed"},
		"makes the image for one whose creation was interrupted": {[]runner.Reply{state("running", 0), atPort}, "node:1"},
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

func TestTheLibrarysOwnDockerGoesWhereTheRunnersGoes(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://192.168.49.2:2376")
	t.Setenv("DOCKER_CERT_PATH", "/certs")
	(&Cluster{Env: []string{"DOCKER_HOST=unix:///run/docker.sock"}}).kind(t.Context())
	assert.Equal(t, "unix:///run/docker.sock", os.Getenv("DOCKER_HOST"))
	assert.NotContains(t, strings.Join(os.Environ(), "\n"), "DOCKER_CERT_PATH")
}
