package minikube

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	statusCall = "minikube status --output json --profile x"
	envCall    = "minikube docker-env --shell none --no-proxy --profile x"
	pingCall   = "docker info --format {{.Name}}"
)

func TestConfigIsReadFromTheProfilesFile(t *testing.T) {
	t.Parallel()
	none := runner.Reply{Prefix: profileFile}
	for name, tt := range map[string]struct {
		file  runner.Reply
		want  Config
		found bool
	}{
		"of a profile":                {mine, Config{Driver: "docker", Runtime: "docker", IP: "192.168.49.2", Nodes: 1, Kept: true}, true},
		"that is empty":               {none, Config{}, false},
		"that was cut":                {runner.Reply{Prefix: profileFile, Output: mine.Output[:40]}, Config{}, false},
		"of a profile without driver": {profileOf("", "docker", 1), Config{}, false},
		"of a node that was not made": {runner.Reply{Prefix: profileFile, Output: `{"Driver":"docker","Nodes":[{"IP":""}]}`}, Config{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, home := machineOf(t, []runner.Reply{tt.file})
			config, found, err := Profile{fake, "x", home}.Config()
			require.NoError(t, err)
			assert.Equal(t, tt.found, found)
			assert.Equal(t, tt.want, config)
			_, found, err = Profile{fake, "y", home}.Config()
			require.NoError(t, err)
			assert.False(t, found, "another has none")
		})
	}
}

func TestAProfileThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(home, profileFile), 0o755)) // a folder in the file's place
	_, _, err := Profile{nil, "x", home}.Config()
	assert.ErrorContains(t, err, `reading how the minikube profile "x" was made: `)
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
			got, err := Profile{runner.NewFake(t, tt.reply), "x", ""}.Status(t.Context())
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
				got, err := Profile{fake, "x", ""}.Status(t.Context())
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
	p := Profile{fake, "x", ""}
	addons, err := p.Addons(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"ingress": true, "dashboard": false}, addons)
	require.NoError(t, p.Enable(t.Context(), "ingress", "--images=A=b"))
	assert.Equal(t,
		[]string{"minikube addons list --output json --profile x",
			"minikube addons enable ingress --images=A=b --profile x"}, fake.Lines())
}
