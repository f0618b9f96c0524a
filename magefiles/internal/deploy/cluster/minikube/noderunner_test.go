package minikube

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// wayThere is what docker-env prints.
var wayThere = runner.Reply{Prefix: envCall,
	Output: "DOCKER_TLS_VERIFY=1\nDOCKER_HOST=tcp://192.168.49.2:2376\nDOCKER_CERT_PATH=/certs\n" +
		"MINIKUBE_ACTIVE_DOCKERD=x\nNO_PROXY=10.0.0.1,192.168.49.2\n\n"}

var way = []string{"DOCKER_TLS_VERIFY=1", "DOCKER_HOST=tcp://192.168.49.2:2376", "DOCKER_CERT_PATH=/certs",
	"NO_PROXY=10.0.0.1,192.168.49.2", "BUILDX_BUILDER=default"}

// answered is what the node's engine says.
var answered = runner.Reply{Prefix: pingCall, Output: "x"}

func inNode(t *testing.T, replies ...runner.Reply) (*NodeRunner, *runner.Fake) {
	fake, home := machineOf(t, append(replies, answered))
	kept := owned.Marker{Path: filepath.Join(t.TempDir(), "kept"), What: "x"}
	return &NodeRunner{Runner: fake, Profile: Profile{fake, "x", home}, Kept: kept}, fake
}

func TestDockerCommandsGoToTheNodesEngineByTheirEnvironment(t *testing.T) {
	t.Parallel()
	e, fake := inNode(t, mine, wayThere,
		runner.Reply{Prefix: "docker images", Output: "todo-backend"})
	fake.Allow("docker build", "kubectl get pods")
	require.NoError(t, e.Run(t.Context(), runner.Cmd("docker", "build", ".").WithEnv("A=b")))
	out, err := e.Output(t.Context(), runner.Cmd("docker", "images"))
	require.NoError(t, err)
	assert.Equal(t, "todo-backend", out)
	require.NoError(t, e.Run(t.Context(), runner.Cmd("kubectl", "get", "pods")))
	assert.Equal(t, []string{envCall, pingCall, "docker build .", "docker images", "kubectl get pods"},
		fake.Lines(), "the way is asked for once")
	calls := fake.Calls()
	assert.Equal(t, way, calls[1].Env)
	assert.Equal(t, append([]string{"A=b"}, way...), calls[2].Env)
	assert.Equal(t, way, calls[3].Env)
	assert.Empty(t, calls[4].Env)
}

func TestTheWayIsAskedForAgainAfterAStart(t *testing.T) {
	t.Parallel()
	e, fake := inNode(t, mine, wayThere)
	fake.Allow("docker images")
	require.NoError(t, e.Run(t.Context(), runner.Cmd("docker", "images")))
	e.Reset()
	require.NoError(t, e.Run(t.Context(), runner.Cmd("docker", "images")))
	assert.Equal(t,
		[]string{envCall, pingCall, "docker images", envCall, pingCall, "docker images"},
		fake.Lines())
}

func TestAWayThatIsKeptIsProvenInEachRun(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kept  string
		ping  runner.Reply
		calls []string
	}{
		"and taken":                           {kept, answered, []string{pingCall, "docker images"}},
		"and left where nothing answers":      {kept, runner.Reply{Prefix: pingCall, Fails: "no route", Times: 1}, asked(pingCall)},
		"and left where another node answers": {kept, runner.Reply{Prefix: pingCall, Output: "y", Times: 1}, asked(pingCall)},
		"and left where it is broken":         {"[", answered, asked()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, fake := inNode(t, mine, wayThere, tt.ping)
			fake.Allow("docker images")
			require.NoError(t, os.WriteFile(n.Kept.Path, []byte(tt.kept), 0o600))
			require.NoError(t, n.Run(t.Context(), runner.Cmd("docker", "images")))
			assert.Equal(t, tt.calls, fake.Lines())
			assert.Equal(t, way, fake.Calls()[len(tt.calls)-1].Env)
			text, err := os.ReadFile(n.Kept.Path)
			require.NoError(t, err)
			assert.JSONEq(t, kept, string(text))
		})
	}
}

const kept = `["DOCKER_TLS_VERIFY=1","DOCKER_HOST=tcp://192.168.49.2:2376","DOCKER_CERT_PATH=/certs",` +
	`"NO_PROXY=10.0.0.1,192.168.49.2","BUILDX_BUILDER=default"]`

// asked are the calls of a run that asks minikube for the way, after those that were in vain.
func asked(vain ...string) []string {
	return slices.Concat(vain, []string{envCall, pingCall, "docker images"})
}

func TestAnEngineThatDoesNotAnswerIsRefreshedOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		refresh error
		says    string
	}{
		"and answers then": {
			[]runner.Reply{wayThere, {Prefix: pingCall, Fails: "certificate signed by unknown authority", Times: 1}},
			nil, ""},
		"for its way is not told": {[]runner.Reply{{Prefix: envCall, Fails: "X Exiting", Times: 1}, wayThere}, nil, ""},
		"and does not answer either": {[]runner.Reply{wayThere, {Prefix: pingCall, Fails: "connection refused"}}, nil,
			"connection refused"},
		"and its cluster cannot start": {[]runner.Reply{wayThere, {Prefix: pingCall, Fails: "connection refused"}},
			errors.New("no space left"), "no space left"},
		"and its way is none": {[]runner.Reply{{Prefix: envCall, Output: "false exit code 89"}}, nil,
			"there is no DOCKER_HOST in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, fake := inNode(t, append(tt.replies, mine)...)
			fake.Allow("docker images")
			refreshed := 0
			e.Refresh = func(context.Context) error { refreshed++; return tt.refresh }
			err := e.Run(t.Context(), runner.Cmd("docker", "images"))
			assert.Equal(t, 1, refreshed)
			testkit.ErrorSays(t, err, tt.says)
		})
	}
}

func TestANodeWithAnotherRuntimeHasNoEngineToGoTo(t *testing.T) {
	t.Parallel()
	e, fake := inNode(t, profileOf("docker", "containerd", 1))
	fake.Allow("docker images")
	hasDocker, err := e.HasDocker(t.Context())
	require.NoError(t, err)
	assert.False(t, hasDocker)
	require.NoError(t, e.Run(t.Context(), runner.Cmd("docker", "images")))
	assert.Equal(t, []string{"docker images"}, fake.Lines())
	assert.Empty(t, fake.Calls()[0].Env)
}

func TestAnEngineWithoutAClusterIsNamed(t *testing.T) {
	t.Parallel()
	e, _ := inNode(t)
	_, err := e.Output(t.Context(), runner.Cmd("docker", "images"))
	assert.ErrorContains(t, err, "there is no such profile; `mage cluster` makes it")
}
