package minikube

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	mkResume  = "minikube start --keep-context=true --interactive=false --profile x"
	mkDelete  = "minikube delete --profile x"
	mkUpdate  = "minikube update-context --profile x"
	mkAPI     = "kubectl --context x --request-timeout 5s get --raw /readyz"
	mkContext = "kubectl config current-context"
	info      = "docker info --format {{.MemTotal}} {{.NCPU}}"
)

// made answers as a minikube that has the profile x, of a driver, a runtime and a number of nodes.
func made(driver, runtime string, nodes int) runner.Reply {
	list := strings.TrimSuffix(strings.Repeat(`{"IP":"192.168.49.2"},`, nodes), ",")
	return runner.Reply{Prefix: listCall,
		Output: fmt.Sprintf(
			`{"invalid":[],"valid":[{"Name":"x","Config":{"Driver":%q,"KubernetesConfig":{"ContainerRuntime":%q},`+
				`"Nodes":[%s]}}]}`, driver, runtime, list)}
}

var (
	mine   = made("docker", "docker", 1)
	nobody = runner.Reply{Prefix: listCall, Output: `{"invalid":[],"valid":[]}`}
	roomy  = runner.Reply{Prefix: info, Output: "17179869184 8"}
)

// is answers with the status of host, API server and kubeconfig, for times calls (0 for all).
func is(host, api, kubeconfig string, times int) runner.Reply {
	r := runner.Reply{Prefix: statusCall, Times: times,
		Output: fmt.Sprintf(`{"Name":"x","Host":%q,"Kubelet":%q,"APIServer":%q,"Kubeconfig":%q}`, host, host, api,
			kubeconfig)}
	if api != "Running" {
		r.Fails = "exit status 7"
	}
	return r
}

// onMinikube is a cluster that publishes a port, on a machine that answers with replies.
func onMinikube(t *testing.T, port int, replies ...runner.Reply) (*Cluster, *runner.Fake) {
	t.Helper()
	fake := runner.NewFake(t, append(replies, roomy)...)
	return &Cluster{
		Local: cluster.Local{Runner: fake, Profile: "x", Namespace: "n", HTTPPort: port, Cache: t.TempDir()},
		Size:  cluster.Size{Memory: 4 << 30, CPUs: 2}, Kubernetes: "v1.34.4"}, fake
}

// creation is the call that makes a node.
func creation(port int) string {
	return fmt.Sprintf(
		"minikube start --driver=docker --container-runtime=docker --kubernetes-version=v1.34.4 --memory=4096m "+
			"--cpus=2 --ports=127.0.0.1:%d:80 --keep-context=true --interactive=false --profile x", port)
}

func forwarded(context.Context) (address.Candidate, error) {
	return address.Candidate{Label: "port-forward"}, nil
}

func TestMinikubesStates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		begun   bool
		want    cluster.State
	}{
		"no profile": {[]runner.Reply{nobody}, false, cluster.Absent},
		"a profile that runs": {[]runner.Reply{mine, is("Running", "Running", "Configured", 0)},
			false, cluster.Running},
		"one whose kube context is lost": {[]runner.Reply{mine, is("Running", "Running", "Misconfigured", 0)},
			false, cluster.Running},
		"one that was stopped": {[]runner.Reply{mine, is("Stopped", "Stopped", "Stopped", 0)}, false, cluster.Stopped},
		"one whose node was removed": {
			[]runner.Reply{mine, is("Nonexistent", "Nonexistent", "Nonexistent", 0)}, false, cluster.Stopped},
		"one that is paused": {[]runner.Reply{mine, is("Running", "Paused", "Configured", 0)}, false,
			cluster.Stopped},
		"one whose creation was interrupted":    {[]runner.Reply{mine}, true, cluster.Incomplete},
		"a creation that was interrupted early": {[]runner.Reply{nobody}, true, cluster.Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.replies...)
			if tt.begun {
				require.NoError(t, os.WriteFile(m.Begun("minikube"), nil, 0o600))
			}
			got, err := m.State(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, []string{listCall, statusCall}[:len(fake.Lines())], fake.Lines(), "nothing is changed")
		})
	}
}

func TestAProfileOfSomebodyElsesIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		list runner.Reply
		says string
	}{
		"with another driver": {made("kvm2", "docker", 1),
			"its driver is kvm2, and this project's nodes are containers"},
		"with more nodes": {made("docker", "docker", 3), "it has 3 nodes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.list)
			_, err := m.Ensure(t.Context())
			require.ErrorContains(t, err, `using the minikube profile "x": `+tt.says)
			assert.ErrorContains(t, err, "TODO_PROFILE")
			require.Error(t, m.Delete(t.Context()))
			assert.Equal(t, []string{listCall, listCall}, fake.Lines())
		})
	}
}

func TestMinikubeEnsure(t *testing.T) {
	t.Parallel()
	port := testkit.FreePort(t)
	running := is("Running", "Running", "Configured", 0)
	apiDown := runner.Reply{Prefix: mkAPI, Fails: "connection refused", Times: 1}
	home := runner.Reply{Prefix: mkContext, Output: "home"}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		begun   bool
		note    string
		calls   []string
	}{
		"leaves a running cluster as it is": {[]runner.Reply{mine, running}, false, `unchanged (minikube profile "x")`,
			[]string{listCall, statusCall, mkAPI}},
		"repairs a kube context that leads elsewhere and keeps the user's current one": {
			[]runner.Reply{mine, is("Running", "Running", "Misconfigured", 0), home}, false,
			`unchanged (minikube profile "x")`,
			[]string{listCall, statusCall, mkContext, mkUpdate, "kubectl config use-context home", mkAPI}},
		"repairs it where the API server is not found there": {
			[]runner.Reply{mine, running, apiDown, {Prefix: mkContext, Fails: "current-context is not set"}}, false,
			`unchanged (minikube profile "x")`,
			[]string{listCall, statusCall, mkAPI, mkContext, mkUpdate, "kubectl config unset current-context", mkAPI}},
		"leaves a current context that is the cluster's": {
			[]runner.Reply{mine, running, apiDown, {Prefix: mkContext, Output: "x"}}, false,
			`unchanged (minikube profile "x")`, []string{listCall, statusCall, mkAPI, mkContext, mkUpdate, mkAPI}},
		"starts a stopped node as it was made": {[]runner.Reply{mine, is("Stopped", "Stopped", "Stopped", 0)}, false,
			`started again (minikube profile "x")`, []string{listCall, statusCall, mkResume, mkAPI}},
		"unpauses a paused one": {[]runner.Reply{mine, is("Running", "Paused", "Configured", 0)}, false,
			`started again (minikube profile "x")`,
			[]string{listCall, statusCall, "minikube unpause --profile x", mkResume, mkAPI}},
		"creates a cluster": {[]runner.Reply{nobody}, false, `created minikube profile "x"`,
			[]string{listCall, info, creation(port)}},
		"replaces one that is half made": {[]runner.Reply{mine}, true,
			`created minikube profile "x"`, []string{listCall, listCall, mkDelete, info, creation(port)}},
		"clears what is left of one that was hardly begun": {[]runner.Reply{nobody}, true,
			`created minikube profile "x"`, []string{listCall, listCall, mkDelete, info, creation(port)}},
	} {
		t.Run(name, func(t *testing.T) { // one at a time: they try the same port
			m, fake := onMinikube(t, port, tt.replies...)
			fake.Allow(tt.calls...)
			if tt.begun {
				require.NoError(t, os.WriteFile(m.Begun("minikube"), nil, 0o600))
			}
			note, err := m.Ensure(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.calls, fake.Lines())
			assert.NoFileExists(t, m.Begun("minikube"))
		})
	}
}

func TestMinikubesDelete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		calls   []string
	}{
		"removes the profile and no other": {[]runner.Reply{mine}, []string{listCall, mkDelete}},
		"does nothing where there is none": {[]runner.Reply{nobody}, []string{listCall}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.replies...)
			fake.Allow(tt.calls...)
			require.NoError(t, m.Delete(t.Context()))
			assert.Equal(t, tt.calls, fake.Lines())
		})
	}
	m, _ := onMinikube(t, 80, mine, runner.Reply{Prefix: mkDelete, Fails: "permission denied"})
	assert.ErrorContains(t, m.Delete(t.Context()), `removing the minikube profile "x": `)
}

func TestNamesOfAMinikubeCluster(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, 80, mine)
	kubectl := m.Kubectl()
	assert.Equal(t, "x", kubectl.Context)
	assert.Equal(t, "n", kubectl.Namespace)
	assert.Same(t, fake, kubectl.Runner)
	addresses, err := m.Addresses(t.Context(), forwarded)
	require.NoError(t, err)
	assert.Equal(t,
		[]address.Candidate{address.NodeIP("192.168.49.2"), address.Published(80), address.Tunnel("x"),
			{Label: "port-forward"}}, addresses)
}

func TestMinikubesStepsAreShownAsProgress(t *testing.T) {
	t.Parallel()
	const printed = "* [x] minikube v1.38.1 on Debian 12\n* Using the docker driver based on user configuration\n" +
		"* The \"docker\" driver should not be used with root privileges. If you wish to continue as root, use " +
		"--force.\n" +
		"  - kubeadm.pod-network-cidr=10.244.0.0/16\n    > index.docker.io:  10 MiB / 500 MiB  2%\r    > " +
		"index.docker.io: 500 MiB\r* Verifying Kubernetes components...\r\n! a warning\n"
	for name, size := range map[string]int{"at once": len(printed), "in pieces": 7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			s := steps(func(line string) { said = append(said, line) })
			for rest := printed; rest != ""; {
				n, err := s.Write([]byte(rest[:min(size, len(rest))]))
				require.NoError(t, err)
				rest = rest[n:]
			}
			assert.Equal(t,
				[]string{"[x] minikube v1.38.1 on Debian 12", "using the docker driver based on user configuration",
					"verifying Kubernetes components"}, said)
		})
	}
}
