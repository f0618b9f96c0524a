package minikube

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestWhatBearsTheProfilesNameAndIsSomebodyElsesIsRefusedByEveryCall(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		begun bool
		says  string
	}{
		"a container":                      {runner.Reply{Prefix: mkNode, Output: "x "}, false, `the container "x" of the Docker Engine`},
		"a container, beside a marker":     {runner.Reply{Prefix: mkNode, Output: "x "}, true, `the container "x" of the Docker Engine`},
		"a node of another minikube":       {runner.Reply{Prefix: mkNode, Output: "x x"}, true, `the container "x" of the Docker Engine`},
		"a volume":                         {runner.Reply{Prefix: mkVolume, Output: "x "}, false, `the volume "x" of the Docker Engine`},
		"a volume made after a marker was": {runner.Reply{Prefix: mkVolume, Output: "x "}, true, `the volume "x" of the Docker Engine`},
		"a network":                        {runner.Reply{Prefix: mkNetwork, Output: "x "}, false, `the network "x" of the Docker Engine`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, testkit.FreePort(t), tt.reply, runner.Reply{Prefix: mkCreated, Output: "later"})
			if tt.begun {
				require.NoError(t, m.marker().Write(made{Volume: "2026-11-28T02:23:11Z", Begun: true}))
			}
			_, prepare := m.Prepare(t.Context())
			_, ensure := m.Ensure(t.Context())
			_, check := m.Check(t.Context())
			for call, err := range map[string]error{"prepare": prepare, "ensure": ensure, "doctor": check, "destroy": m.Delete(t.Context())} {
				require.ErrorContains(t, err, tt.says, call)
				assert.ErrorContains(t, err, "choose another name with TODO_PROFILE", call)
				assert.True(t, owned.IsForeign(err), call)
			}
			for _, call := range fake.Lines() {
				assert.Contains(t, []string{mkVolume, mkCreated, mkNode, mkNetwork}, call, "nothing is changed")
			}
		})
	}
}

// entries is a kubeconfig that has the profile's name, with files in a folder of minikube's.
func entries(home string) string {
	return fmt.Sprintf(`{"contexts":[{"name":"x","context":{"cluster":"x","user":"x"}}],
		"clusters":[{"name":"x","cluster":{"server":"https://192.168.49.9:8443","certificate-authority":"%[1]s/ca.crt"}}],
		"users":[{"name":"x","user":{"client-certificate":"%[1]s/profiles/x/client.crt"}}]}`, home)
}

func TestAKubeContextThatLeadsElsewhereIsRefusedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	running := []runner.Reply{mine, is("Running", "Running", "Misconfigured", 0)}
	for name, replies := range map[string][]runner.Reply{"no cluster yet": {}, "a cluster that runs": running} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, testkit.FreePort(t), replies...)
			require.NoError(t, os.WriteFile(m.Kubeconfigs[0], []byte(entries("/another/user/.minikube")), 0o600))
			_, err := m.Ensure(t.Context())
			require.ErrorContains(t, err, `the context, cluster, user "x" of the kubeconfig was not made by this deployment`)
			_, err = m.Check(t.Context())
			require.ErrorContains(t, err, "TODO_PROFILE or KUBECONFIG")
			for _, call := range fake.Lines() {
				assert.Contains(t, []string{statusCall, mkVolume, mkNode, mkNetwork, info}, call, "nothing is changed")
			}
		})
	}
}

func TestAKubeContextOfThisProfileIsKnownWhereverItLeads(t *testing.T) {
	t.Parallel()
	m, _ := onMinikube(t, 80)
	require.NoError(t, os.WriteFile(m.Kubeconfigs[0], []byte(entries(m.Home)), 0o600))
	require.NoError(t, m.checkContext(""))
	require.NoError(t, os.WriteFile(filepath.Join(m.Home, "ca.crt"), []byte("authority"), 0o600))
	const embedded = `{"clusters":[{"name":"x","cluster":{"certificate-authority-data":"YXV0aG9yaXR5"}}],
		"users":[{"name":"x","user":{"client-certificate-data":"Yw=="}}]}`
	require.NoError(t, os.WriteFile(m.Kubeconfigs[0], []byte(embedded), 0o600))
	require.NoError(t, m.checkContext(""), "with embed-certs")
	require.NoError(t, os.WriteFile(filepath.Join(m.Home, "ca.crt"), []byte("another"), 0o600))
	assert.Error(t, m.checkContext(""))
}

func TestDestroyLeavesAKubeContextThatLeadsElsewhere(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, 80, mine, is("Running", "Running", "Misconfigured", 0))
	fake.Allow(mkOwn, mkVersion, mkEmpty)
	require.NoError(t, os.WriteFile(m.Kubeconfigs[0], []byte(entries("/another/.minikube")), 0o600))
	require.NoError(t, m.Delete(t.Context()))
	last := fake.Calls()[len(fake.Calls())-1]
	assert.Equal(t, mkDelete, last.Line)
	assert.Contains(t, last.Env, "KUBECONFIG="+m.marker().Path+".kubeconfig")
	assert.NoFileExists(t, m.marker().Path)
}

func TestAProfileWhoseFileCannotBeReadIsNotTakenForAbsent(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, 80, runner.Reply{Prefix: profileFile}, node, volume, created) // an empty file
	note, err := m.Check(t.Context())
	require.NoError(t, err)
	assert.Contains(t, note, "deploy will have it made anew around its volume, which holds all data")
	state, err := m.State(t.Context())
	require.NoError(t, err)
	assert.Equal(t, cluster.Stopped, state)
	assert.NotContains(t, fake.Lines(), mkDelete)
}

func TestWhatMinikubeCannotReadIsSetAside(t *testing.T) {
	t.Parallel()
	m, _ := onMinikube(t, 80)
	file := func(folder string) string { return filepath.Join(m.Home, folder, "x", "config.json") }
	testkit.WriteFiles(t, m.Home, map[string]string{"profiles/x/config.json": "", "machines/x/config.json": "{}"})
	require.NoError(t, m.setBrokenAside(t.Context()))
	assert.NoFileExists(t, file("profiles"))
	assert.FileExists(t, file("profiles")+".broken")
	assert.FileExists(t, file("machines"))
}

func TestABrokenMarkerIsNamed(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, 80)
	require.NoError(t, os.WriteFile(m.marker().Path, nil, 0o600))
	_, err := m.Ensure(t.Context())
	assert.ErrorContains(t, err, "remove the file "+filepath.Join(m.Cache, "made-minikube-x"))
	assert.Empty(t, fake.Lines())
}

func TestTheClustersCertificateAuthorityIsBroughtBackFromTheVolume(t *testing.T) {
	t.Parallel()
	const read = "docker run --rm --user 0 --entrypoint cat --volume x:/node:ro postgres:15-bookworm " +
		"/node/lib/minikube/certs/"
	m, _ := onMinikube(t, 80, runner.Reply{Prefix: read + "ca.key", Output: "the key"},
		runner.Reply{Prefix: read, Output: "a certificate"})
	require.NoError(t, os.Remove(filepath.Join(m.Home, "ca.key")))
	require.NoError(t, m.restoreAuthority(t.Context()))
	for name, want := range map[string]string{"ca.key": "the key\n", "ca.crt": "a certificate\n"} {
		text, err := os.ReadFile(filepath.Join(m.Home, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}

func TestWhereTheNodeCannotBeMadeAnewNothingIsLost(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, testkit.FreePort(t), node, volume, created,
		runner.Reply{Prefix: "minikube start", Fails: "X Exiting"})
	_, err := m.Ensure(t.Context())
	require.ErrorContains(t, err, "making the node of the minikube profile \"x\" anew around its volume: ")
	require.ErrorContains(t, err, "Nothing is lost: the volume \"x\" holds all todos. To save them: `docker run")
	assert.NotContains(t, fake.Lines(), mkDelete)
	assert.NotContains(t, fake.Lines(), mkTidy, "the copy of the cluster's store is kept")
}

func TestAStoreThatMinikubeHasEmptiedIsNotTakenForTheClusters(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, testkit.FreePort(t), node, volume, created, runner.Reply{Prefix: "minikube start",
		Output: "! Unable to restart control-plane node(s), will reset cluster: <no value>\n"})
	_, err := m.Ensure(t.Context())
	require.ErrorContains(t, err, "minikube could not start the cluster as it was, and has made a new one in its place")
	require.ErrorContains(t, err, "lib/minikube/etcd.saved has the cluster's store as it was")
	assert.NotContains(t, fake.Lines(), mkTidy)
}

func TestAClusterWhoseAPIAnswersIsKnownToRunWithoutMinikube(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		home  string
		reply runner.Reply
		asked bool
	}{
		"it answers":                          {"", runner.Reply{Prefix: mkItself, Output: "{}"}, false},
		"it does not answer, or is another's": {"", runner.Reply{Prefix: mkItself, Fails: "connection refused"}, true},
		"the context is not minikube's":       {"none", runner.Reply{Prefix: mkItself, Output: "{}"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, mine, is("Running", "Running", "Configured", 0), tt.reply)
			if tt.home == "" {
				require.NoError(t, os.WriteFile(m.Kubeconfigs[0], []byte(entries(m.Home)), 0o600))
			}
			state, err := m.State(t.Context())
			require.NoError(t, err)
			assert.Equal(t, cluster.Running, state)
			assert.Equal(t, tt.asked, slices.Contains(fake.Lines(), statusCall))
		})
	}
}
