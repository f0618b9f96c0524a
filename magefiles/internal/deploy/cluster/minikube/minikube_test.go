package minikube

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	mkItself  = "kubectl --context x --request-timeout 5s get --raw /api/v1/nodes/x"
	mkContext = "kubectl config current-context"
	mkVolume  = `docker volume ls --filter name=x --format {{.Name}} {{.Label "todo-app.made"}}`
	mkCreated = "docker volume inspect --format {{.CreatedAt}} x"
	mkNetwork = `docker network ls --filter name=x --format {{.Name}} {{.Label "name.minikube.sigs.k8s.io"}}`
	mkNode    = `docker container ls --all --filter name=x --format {{.Names}} {{.Label "name.minikube.sigs.k8s.io"}}`
	mkMake    = "docker volume create --label todo-app.made="
	mkPrepare = "docker run --rm --user 0 --entrypoint sh --volume x:/node:rw postgres:15-bookworm -c"
	mkTidy    = "docker exec x rm -rf /var/lib/minikube/etcd.saved"
	mkRemove  = "docker rm --force x"
	mkLayers  = `docker volume ls --filter name=todo-app-node-layers --format {{.Name}} {{.Label "todo-app.node"}}`
	mkOwn     = "docker inspect --format {{.Config.Image}} x"
	mkVersion = "minikube version --short"
	mkEmpty   = "docker exec x sh -c set -e\nsystemctl stop kubelet"
	mkKept    = "docker volume create --label todo-app.node=kicbase:1 v1.38.1 todo-app-node-layers"
	mkDrop    = "docker volume rm todo-app-node-layers"
	mkWhere   = "docker volume inspect --format {{.Mountpoint}} todo-app-node-layers"
	mkOut     = "docker run --rm --user 0 --entrypoint sh --cap-add SYS_ADMIN --volume x:/var --volume /volumes:/volumes " +
		"--env NODE=/volumes/x/_data --env KEPT=/volumes/todo-app-node-layers/_data kicbase:1 -c set -e\nrm"
	mkIn = "docker run --rm --user 0 --entrypoint sh --cap-add SYS_ADMIN --volume x:/var --volume /volumes:/volumes " +
		"--env NODE=/volumes/x/_data --env KEPT=/volumes/todo-app-node-layers/_data kicbase:1 -c set -e\n[ -e"
	info = "docker info --format {{.MemTotal}} {{.NCPU}}"
)

// profileFile stands for a program that answers: it is minikube's file of the profile x.
const profileFile = "profiles/x/config.json"

// profileOf is that file, of a profile with a driver, a runtime and a number of nodes.
func profileOf(driver, runtime string, nodes int) runner.Reply {
	list := strings.TrimSuffix(strings.Repeat(`{"IP":"192.168.49.2","KubernetesVersion":"v1.34.4"},`, nodes), ",")
	return runner.Reply{Prefix: profileFile, Output: fmt.Sprintf(
		`{"Name":"x","KeepContext":true,"Driver":%q,"KubernetesConfig":{"ContainerRuntime":%q},"Nodes":[%s]}`,
		driver, runtime, list)}
}

// machineOf is a fake of a machine's programs, and minikube's folder there.
func machineOf(t *testing.T, replies []runner.Reply) (fake *runner.Fake, home string) {
	t.Helper()
	home = t.TempDir()
	programs := slices.DeleteFunc(slices.Clone(replies), func(r runner.Reply) bool { return r.Prefix == profileFile })
	for _, r := range replies {
		if r.Prefix == profileFile {
			testkit.WriteFiles(t, home, map[string]string{profileFile: r.Output})
		}
	}
	return runner.NewFake(t, programs...), home
}

var (
	mine    = profileOf("docker", "docker", 1)
	network = runner.Reply{Prefix: mkNetwork, Output: "x x"}
	node    = runner.Reply{Prefix: mkNode, Output: "x x"}
	volume  = runner.Reply{Prefix: mkVolume, Output: "x ABC"}
	created = runner.Reply{Prefix: mkCreated, Output: "2026-11-28T02:23:11Z"}
	roomy   = runner.Reply{Prefix: info, Output: "17179869184 8"}
)

// is answers with the status of host, API server and kubeconfig, for times calls (0 for all).
func is(host, api, kubeconfig string, times int) runner.Reply {
	r := runner.Reply{
		Prefix: statusCall,
		Times:  times,
		Output: fmt.Sprintf(`{"Name":"x","Host":%q,"Kubelet":%q,"APIServer":%q,"Kubeconfig":%q}`, host, host, api,
			kubeconfig),
	}
	if api != "Running" {
		r.Fails = "exit status 7"
	}
	return r
}

// onMinikube is a cluster that publishes a port, on a machine that answers with replies.
func onMinikube(t *testing.T, port int, replies ...runner.Reply) (*Cluster, *runner.Fake) {
	t.Helper()
	fake, home := machineOf(t, append(replies, roomy))
	fake.Allow(mkResume, mkDelete, mkRemove, mkUpdate, "minikube unpause --profile x", "kubectl config ",
		"minikube start --driver=docker", mkVolume, mkCreated, mkNetwork, mkNode, mkMake, mkAPI, mkPrepare, mkTidy, mkLayers)
	require.NoError(t, os.WriteFile(filepath.Join(home, "ca.key"), nil, 0o600))
	return &Cluster{
		Home: home,
		Local: cluster.Local{Runner: fake, Profile: "x", Namespace: "n", HTTPPort: port, Cache: t.TempDir(),
			Kubeconfigs: []string{filepath.Join(t.TempDir(), "config")}},
		Size:       cluster.Size{Memory: 4 << 30, CPUs: 2},
		Kubernetes: "v1.34.4",
	}, fake
}

// creation is the call that makes a node.
func creation(port int) string {
	return fmt.Sprintf(
		"minikube start --driver=docker --container-runtime=docker --kubernetes-version=v1.34.4 --memory=4096m --cpus=2 --ports=127.0.0.1:%d:80 --keep-context=true --interactive=false --profile x",
		port,
	)
}

// shortened leaves what is random out of the call that makes the volume, and the script out of the one that prepares it.
func shortened(calls []string) []string {
	for i, call := range calls {
		for _, prefix := range []string{mkMake, mkPrepare} {
			if strings.HasPrefix(call, prefix) {
				calls[i] = prefix
			}
		}
	}
	return calls
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
		"no profile":                                       {nil, false, cluster.Absent},
		"a profile that runs":                              {[]runner.Reply{mine, is("Running", "Running", "Configured", 0)}, false, cluster.Running},
		"one whose kube context is lost":                   {[]runner.Reply{mine, is("Running", "Running", "Misconfigured", 0)}, false, cluster.Running},
		"one that was stopped":                             {[]runner.Reply{mine, network, is("Stopped", "Stopped", "Stopped", 0)}, false, cluster.Stopped},
		"one whose folder was removed":                     {[]runner.Reply{volume, created}, false, cluster.Stopped},
		"one whose node was removed":                       {[]runner.Reply{mine, volume, created, is("Nonexistent", "Nonexistent", "Nonexistent", 0)}, false, cluster.Stopped},
		"one whose node was removed, an error to minikube": {[]runner.Reply{mine, volume, created, {Prefix: statusCall, Fails: "unknown state"}}, false, cluster.Stopped},
		"one whose volume was removed, too":                {[]runner.Reply{mine, is("Nonexistent", "Nonexistent", "Nonexistent", 0)}, false, cluster.Incomplete},
		"one that is paused":                               {[]runner.Reply{mine, is("Running", "Paused", "Configured", 0)}, false, cluster.Stopped},
		"one whose creation was interrupted":               {[]runner.Reply{mine, volume, created}, true, cluster.Incomplete},
		"a creation that was interrupted early":            {[]runner.Reply{volume, created}, true, cluster.Incomplete},
		"an interrupted one that was removed":              {nil, true, cluster.Absent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.replies...)
			if tt.begun {
				require.NoError(t, m.marker().Write(made{Volume: "2026-11-28T02:23:11Z", Begun: true}))
			}
			got, err := m.State(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
			for _, call := range fake.Lines() {
				assert.Contains(t, []string{statusCall, mkVolume, mkCreated, mkNetwork, mkNode}, call,
					"nothing is changed")
			}
		})
	}
}

func TestAProfileOfSomebodyElsesIsLeftAlone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		list runner.Reply
		says string
	}{
		"with another driver": {profileOf("kvm2", "docker", 1), "its driver is kvm2, and this project's nodes are containers"},
		"with more nodes":     {profileOf("docker", "docker", 3), "it has 3 nodes"},
		"made by hand":        {runner.Reply{Prefix: profileFile, Output: strings.ReplaceAll(mine.Output, `"KeepContext":true,`, "")}, "it was made without --keep-context"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.list)
			_, err := m.Ensure(t.Context())
			require.ErrorContains(t, err, `the minikube profile "x" was not made by this deployment (`+tt.says)
			assert.ErrorContains(t, err, "TODO_PROFILE")
			require.Error(t, m.Delete(t.Context()))
			assert.Empty(t, fake.Lines())
		})
	}
}

func TestMinikubeEnsure(t *testing.T) {
	t.Parallel()
	port := testkit.FreePort(t)
	running := is("Running", "Running", "Configured", 0)
	apiDown := runner.Reply{Prefix: mkAPI, Fails: "connection refused", Times: 1}
	home := runner.Reply{Prefix: mkContext, Output: "home"}
	unlabelled := runner.Reply{Prefix: mkVolume, Output: "x "}
	looked := []string{mkVolume, mkNode, mkNetwork}
	remade := strings.Replace(creation(port), " --keep-context", " --preload=false --keep-context", 1)
	for name, tt := range map[string]struct {
		replies []runner.Reply
		begun   bool
		note    string
		calls   []string
	}{
		"leaves a running cluster as it is":   {[]runner.Reply{mine, running}, false, `unchanged (minikube profile "x")`, []string{statusCall, mkVolume, mkAPI}},
		"remembers one of an earlier version": {[]runner.Reply{mine, running, unlabelled, created}, false, `unchanged (minikube profile "x")`, []string{statusCall, mkVolume, mkCreated, mkAPI}},
		"repairs a kube context that leads elsewhere and keeps the user's current one": {[]runner.Reply{mine, is("Running", "Running", "Misconfigured", 0), home}, false,
			`unchanged (minikube profile "x")`, []string{statusCall, mkVolume, mkContext, mkUpdate, "kubectl config use-context home", mkAPI}},
		"repairs it where the API server is not found there": {[]runner.Reply{mine, running, apiDown, {Prefix: mkContext, Fails: "current-context is not set"}}, false,
			`unchanged (minikube profile "x")`, []string{statusCall, mkVolume, mkAPI, mkContext, mkUpdate, "kubectl config unset current-context", mkAPI}},
		"leaves a current context that is the cluster's": {[]runner.Reply{mine, running, apiDown, {Prefix: mkContext, Output: "x"}}, false,
			`unchanged (minikube profile "x")`, []string{statusCall, mkVolume, mkAPI, mkContext, mkUpdate, mkAPI}},
		"starts a stopped node as it was made": {[]runner.Reply{mine, network, is("Stopped", "Stopped", "Stopped", 0)}, false,
			`started again (minikube profile "x")`, []string{statusCall, mkNetwork, mkResume, mkAPI}},
		"makes a node anew whose network is gone": {[]runner.Reply{mine, node, is("Stopped", "Stopped", "Stopped", 0)}, false,
			`started again (minikube profile "x")`, []string{statusCall, mkNetwork, mkNode, mkRemove, mkPrepare, info, remade, mkTidy, mkVolume, mkAPI}},
		"makes a node anew whose container is gone": {[]runner.Reply{mine, network, volume, created, is("Nonexistent", "Nonexistent", "Nonexistent", 0)}, false,
			`started again (minikube profile "x")`, []string{statusCall, mkVolume, mkCreated, mkNetwork, mkNode, mkPrepare, info, remade, mkTidy, mkVolume, mkCreated, mkAPI}},
		"makes a node anew whose profile is gone": {[]runner.Reply{node, volume, created}, false,
			`started again (minikube profile "x")`, []string{mkVolume, mkCreated, mkNode, mkNetwork, mkNode, mkRemove, mkPrepare, info, remade, mkTidy, mkVolume, mkCreated, mkAPI}},
		"unpauses a paused one": {[]runner.Reply{mine, network, is("Running", "Paused", "Configured", 0)}, false,
			`started again (minikube profile "x")`, []string{statusCall, mkNetwork, "minikube unpause --profile x", mkResume, mkAPI}},
		"creates a cluster": {[]runner.Reply{{Prefix: mkVolume, Times: 2}, volume, created}, false,
			`created minikube profile "x"`, slices.Concat(looked, []string{info, mkVolume, mkMake, mkVolume, mkCreated, mkLayers, creation(port), mkVolume, mkCreated})},
		"replaces one that is half made": {[]runner.Reply{mine, {Prefix: mkVolume, Output: "x ABC", Times: 2}, {Prefix: mkVolume, Times: 1}, volume, created}, true,
			`created minikube profile "x"`, []string{mkVolume, mkCreated, mkVolume, mkCreated, mkDelete, info, mkVolume, mkMake, mkVolume, mkCreated, mkLayers, creation(port), mkVolume, mkCreated}},
	} {
		t.Run(name, func(t *testing.T) { // one at a time: they try the same port
			m, fake := onMinikube(t, port, tt.replies...)
			if tt.begun {
				require.NoError(t, m.marker().Write(made{Volume: "2026-11-28T02:23:11Z", Begun: true}))
			}
			note, err := m.Ensure(t.Context())
			require.NoError(t, err)
			assert.Equal(t, tt.note, note)
			assert.Equal(t, tt.calls, shortened(fake.Lines()))
			var known made
			_, err = m.marker().Read(&known)
			require.NoError(t, err)
			assert.False(t, known.Begun)
		})
	}
}

func TestMinikubesDelete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		calls   []string
	}{
		"removes the profile and no other": {[]runner.Reply{mine, network, is("Stopped", "Stopped", "Stopped", 0)}, []string{statusCall, mkNetwork, mkDelete}},
		"does nothing where there is none": {nil, []string{mkVolume, mkNode, mkNetwork}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.replies...)
			require.NoError(t, m.Delete(t.Context()))
			assert.Equal(t, tt.calls, fake.Lines())
		})
	}
	m, _ := onMinikube(t, 80, mine, network, is("Stopped", "Stopped", "Stopped", 0),
		runner.Reply{Prefix: mkDelete, Fails: "permission denied"})
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
	assert.Equal(
		t,
		[]address.Candidate{
			address.NodeIP("192.168.49.2"),
			address.Published(80, "x"),
			address.Tunnel("x"),
			{Label: "port-forward"},
		},
		addresses,
	)
}
