package kind

import (
	"context"
	"os"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/runner"
)

func TestANodeOfSomebodyElseIsRefusedByEveryCall(t *testing.T) {
	t.Parallel()
	for name, replies := range map[string][]runner.Reply{
		"a container that is no node":                   {{Prefix: psCall, Output: "running "}},
		"a node of another cluster":                     {{Prefix: psCall, Output: "exited y"}},
		"a cluster that runs":                           {state("running", 0), atOther},
		"one that is stopped":                           {state("exited", 0), unfinished, atOther},
		"one that an older engine tells about":          {state("exited", 0), {Prefix: copyCall, Fails: "Error: No such container:path: x-control-plane:/kind"}, atOther},
		"one made after this project's was interrupted": {state("created", 0), unfinished, atOther},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, fake, library := onPort(t, freePort(t), replies...)
			_, prepare := k.Prepare(t.Context())
			_, ensure := k.Ensure(t.Context())
			_, check := k.Check(t.Context())
			for call, err := range map[string]error{"prepare": prepare, "ensure": ensure, "doctor": check, "destroy": k.Delete(t.Context())} {
				require.ErrorContains(t, err, `the container "x-control-plane" was not made by this deployment`, call)
				assert.ErrorContains(t, err, "TODO_PROFILE", call)
			}
			assert.Empty(t, library.calls)
			for _, call := range fake.Lines() {
				assert.Contains(t, []string{psCall, findCall, copyCall, madeFor}, call, "nothing is changed")
			}
		})
	}
}

func TestEntriesOfTheKubeconfigThatLeadElsewhereAreRefusedBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	const user = `{"users":[{"name":"kind-x","user":{"token":"t"}}]}`
	const crossed = `{"contexts":[{"name":"kind-x","context":{"cluster":"work","user":"kind-x"}}],"clusters":[{"name":"kind-x","cluster":{"server":"https://127.0.0.1:33795"}}]}`
	running := []runner.Reply{state("running", 0), complete, published("127.0.0.1:80")}
	for name, tt := range map[string]struct {
		text    string
		replies []runner.Reply
		says    string
	}{
		"another cluster, and no node yet":         {kubeconfig(40001), nil, `the context, cluster, user "kind-x" of the kubeconfig`},
		"another cluster, beside a node that runs": {kubeconfig(40001), running, "it leads to https://127.0.0.1:40001"},
		"a user alone": {user, nil, `the user "kind-x" of the kubeconfig`},
		"a context of the name with another cluster": {crossed, running, "delete-context kind-x && kubectl config delete-cluster kind-x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, _, library := onPort(t, 80, tt.replies...)
			k.HTTPPort = map[bool]int{true: freePort(t), false: 80}[tt.replies == nil]
			require.NoError(t, os.WriteFile(k.Kubeconfigs[0], []byte(tt.text), 0o600))
			_, ensure := k.Ensure(t.Context())
			_, check := k.Check(t.Context())
			for _, err := range []error{ensure, check} {
				require.ErrorContains(t, err, tt.says)
				assert.True(t, owned.IsForeign(err))
			}
			assert.Empty(t, library.calls)
		})
	}
}

func TestDestroyLeavesEntriesThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	k, _, library := onPort(t, 80, state("running", 0), complete, atPort)
	require.NoError(t, os.WriteFile(k.Kubeconfigs[0], []byte(kubeconfig(40001)), 0o600))
	require.NoError(t, k.Delete(t.Context()))
	assert.Equal(t, []string{"delete x but its entries"}, library.calls)
	assert.NoFileExists(t, k.marker().Path, "a later node of this name is somebody else's")
}

func TestAKubeconfigThatCannotBeWrittenIsKnownBeforeTheNodeIsMade(t *testing.T) {
	t.Parallel()
	k, _, library := onPort(t, freePort(t))
	require.NoError(t, os.WriteFile(k.Kubeconfigs[0]+".lock", nil, 0o600))
	for _, call := range []func() error{
		func() error { _, err := k.Prepare(context.Background()); return err }, func() error { return k.Create(context.Background()) },
	} {
		synctest.Test(t, func(t *testing.T) { assert.ErrorContains(t, call(), "rm -f "+k.Kubeconfigs[0]+".lock") })
	}
	assert.Empty(t, library.calls)
}

func TestAClusterIsKeptWhoseKubeconfigCannotBeWrittenAfterwards(t *testing.T) {
	t.Parallel()
	k, fake, library := onPort(t, 80, state("running", 0), complete, published("127.0.0.1:80"), mountsOf)
	require.NoError(t, os.WriteFile(k.Kubeconfigs[0], nil, 0o600))
	require.NoError(t, os.WriteFile(k.Kubeconfigs[0]+".lock", nil, 0o600))
	synctest.Test(t, func(t *testing.T) {
		_, err := k.Ensure(t.Context())
		require.ErrorContains(t, err, ".lock")
	})
	text, err := os.ReadFile(k.Kubeconfigs[0])
	require.NoError(t, err)
	assert.Empty(t, text)
	require.NoError(t, os.Remove(k.Kubeconfigs[0]+".lock"))
	note, err := k.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `unchanged (kind cluster "x")`, note)
	assert.NotContains(t, library.calls, "create x")
	assert.NotContains(t, fake.Lines(), touch)
}

func TestANodeThatIsGoneWhileItsVolumeIsThereStopsTheRun(t *testing.T) {
	t.Parallel()
	k, fake, library := onPort(t, freePort(t), runner.Reply{Prefix: volumes, Output: "v "})
	_, err := k.Ensure(t.Context())
	require.ErrorContains(t, err, "Save them first: `docker run --rm --user 0 --entrypoint tar --volume v:/node:ro ")
	assert.Empty(t, library.calls)
	require.NoError(t, k.Delete(t.Context()))
	assert.Contains(t, fake.Lines(), "docker volume rm --force v")
}

func TestAClusterOfAnEarlierVersionIsRecognisedAndRemembered(t *testing.T) {
	t.Parallel()
	k, _, library := onPort(t, 80, state("running", 0), complete, published("127.0.0.1:80"), mountsOf)
	require.NoError(t, k.marker().Remove())
	note, err := k.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, `unchanged (kind cluster "x")`, note)
	known, err := k.made()
	require.NoError(t, err)
	assert.Equal(t, made{API: 33795, Volume: "v"}, known)
	assert.Empty(t, library.calls)
}
