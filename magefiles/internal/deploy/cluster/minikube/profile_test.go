package minikube

import (
	"context"
	"os/exec"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	listCall   = "minikube profile list --light --output json"
	statusCall = "minikube status --output json --profile x"
	envCall    = "minikube docker-env --shell none --no-proxy --profile x"
	pingCall   = "docker info --format {{.Name}}"
)

// profiles answers with a profile of another name and one called x of the given driver and runtime.
func profiles(driver, runtime string) runner.Reply {
	return runner.Reply{Prefix: listCall, Output: `{"invalid":[],"valid":[
		{"Name":"minikube","Status":"Skipped","Config":{"Name":"minikube","Driver":"kvm2",
			"Nodes":[{"IP":"192.168.39.2"},{"IP":"192.168.39.3"}],"KubernetesConfig":{"ContainerRuntime":"crio"}}},
		{"Name":"x","Status":"Skipped","Config":{"Name":"x","Driver":"` + driver + `",
			"Nodes":[{"Name":"","IP":"192.168.49.2","ControlPlane":true}],
			"KubernetesConfig":{"ContainerRuntime":"` + runtime + `"}}}]}`}
}

func TestConfigIsThatOfTheProfileAlone(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, profiles("docker", "docker"))
	config, found, err := Profile{fake, "x"}.Config(t.Context())
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, Config{Driver: "docker", Runtime: "docker", IP: "192.168.49.2", Nodes: 1}, config)
	assert.Equal(t, []string{listCall}, fake.Lines())
	_, found, err = Profile{fake, "y"}.Config(t.Context())
	require.NoError(t, err)
	assert.False(t, found)
}

// missing is a Runner without any program.
type missing struct{ runner.Runner }

func (missing) Run(_ context.Context, c runner.Command) error {
	return &runner.RunError{Command: c, Inner: &exec.Error{Name: c.Name, Err: exec.ErrNotFound}}
}

func (m missing) Output(ctx context.Context, c runner.Command) (string, error) {
	return "", m.Run(ctx, c)
}

func TestWithoutMinikubeThereIsNoProfile(t *testing.T) {
	t.Parallel()
	_, found, err := Profile{missing{}, "x"}.Config(t.Context())
	require.NoError(t, err)
	assert.False(t, found)
}

func TestStatusIsReadWhateverTheExitCodeSays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply   runner.Reply
		want    Status
		running bool
		says    string
	}{
		"all is well": {runner.Reply{Output: `{"Name":"x","Host":"Running","Kubelet":"Running","APIServer":"Running",
			"Kubeconfig":"Configured","Worker":false}`},
			Status{"Running", "Running", "Running", "Configured"}, true, ""},
		"the node is stopped, which is exit code 7": {runner.Reply{Fails: "exit status 7", Output: `{"Name":"x",
			"Host":"Stopped","Kubelet":"Stopped","APIServer":"Stopped","Kubeconfig":"Stopped"}`},
			Status{"Stopped", "Stopped", "Stopped", "Stopped"}, false, ""},
		"it is paused": {runner.Reply{Fails: "exit status 2", Output: `{"Name":"x",
			"Host":"Running","Kubelet":"Stopped","APIServer":"Paused","Kubeconfig":"Configured"}`},
			Status{"Running", "Stopped", "Paused", "Configured"}, false, ""},
		"minikube itself fails": {runner.Reply{Fails: "permission denied"}, Status{}, false,
			`asking minikube how the profile "x" is: `},
		"it tells of an error as JSON": {
			runner.Reply{Output: `{"type":"io.k8s.sigs.minikube.error"}`, Fails: "exit status 80"}, Status{}, false,
			"exit status 80"},
		"minikube prints something new": {runner.Reply{Output: "fine"}, Status{}, false,
			`reading minikube's status of the profile "x": `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.reply.Prefix = statusCall
			got, err := Profile{runner.NewFake(t, tt.reply), "x"}.Status(t.Context())
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.running, got.Running())
			testkit.ErrorSays(t, err, tt.says)
		})
	}
}

func TestANodeThatBootsIsWaitedFor(t *testing.T) {
	t.Parallel()
	booting := "status error: NewSession: new client: new client: ssh: handshake failed: read tcp " +
		"127.0.0.1:1->127.0.0.1:2: connection reset by peer"
	for name, tt := range map[string]struct {
		times int // 0 is always
		says  string
		asked int
	}{
		"and lets minikube in":       {3, "", 4},
		"but not longer than a time": {0, "handshake failed", 31},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				fake := runner.NewFake(t, runner.Reply{Prefix: statusCall, Fails: booting, Times: tt.times},
					runner.Reply{Prefix: statusCall, Output: `{"Host":"Running"}`})
				got, err := Profile{fake, "x"}.Status(t.Context())
				if tt.says == "" {
					require.NoError(t, err)
					assert.Equal(t, "Running", got.Host)
				} else {
					require.ErrorContains(t, err, tt.says)
				}
				assert.Len(t, fake.Lines(), tt.asked)
			})
		})
	}
}

func TestAddonsAreListedAndEnabled(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "minikube addons list",
			Output: `{"ingress":{"Profile":"x","Status":"enabled"},"dashboard":{"Profile":"x","Status":"disabled"}}`})
	fake.Allow("minikube addons enable")
	p := Profile{fake, "x"}
	addons, err := p.Addons(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"ingress": true, "dashboard": false}, addons)
	require.NoError(t, p.Enable(t.Context(), "ingress", "--images=A=b"))
	assert.Equal(t,
		[]string{"minikube addons list --output json --profile x",
			"minikube addons enable ingress --images=A=b --profile x"}, fake.Lines())
}
