package recipes

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

// nodeOf is what provides images in a cluster's engine that answers with there, on a machine that answers with host,
// and what was copied.
func nodeOf(
	t *testing.T, mode Mode, host, there []runner.Reply,
) (i *NodeSupply, machine, cluster *runner.Fake, sent *[]string) {
	t.Helper()
	machine, cluster, sent = runner.NewFake(t, host...), runner.NewFake(t, there...), &[]string{}
	i = supply(t, mode, machine).ForNode(cluster, func(_ context.Context, refs ...string) error {
		*sent = append(*sent, refs...)
		return nil
	})
	return i, machine, cluster, sent
}

func TestTheClustersEngineKeepsWhatItHasAndPullsWhatItLacks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		there  []runner.Reply
		pulled string
	}{
		"it has the image": {[]runner.Reply{present}, ""},
		"it lacks it":      {[]runner.Reply{absent, online}, "docker pull postgres:15-bookworm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, machine, cluster, sent := nodeOf(t, Auto, nil, tt.there)
			require.NoError(t, i.Provide(t.Context(), "postgres:15-bookworm"))
			assert.Empty(t, machine.Lines(), "the machine's own engine is left out of it")
			assert.Empty(t, *sent)
			assert.Equal(t, tt.pulled != "", strings.Contains(strings.Join(cluster.Lines(), "\n"), "docker pull"))
		})
	}
}

func TestTheMachinesImagesAreCopiedWhereNoRegistryAnswersTheCluster(t *testing.T) {
	t.Parallel()
	i, machine, _, sent := nodeOf(t, Auto, []runner.Reply{present}, []runner.Reply{absent, offline})
	require.NoError(t, i.Provide(t.Context(), "python:3.11-slim", "node:24-slim"))
	assert.ElementsMatch(t, []string{"python:3.11-slim", "node:24-slim"}, *sent)
	assert.NotContains(t, strings.Join(machine.Lines(), "\n"), "docker pull", "the machine has them")
}

func TestTheMachinePullsWhatTheClusterCannot(t *testing.T) {
	t.Parallel()
	i, machine, _, sent := nodeOf(t, Auto, []runner.Reply{absent, online}, []runner.Reply{absent, offline})
	require.NoError(t, i.Provide(t.Context(), "python:3.11-slim"))
	assert.Contains(t, machine.Lines(), "docker pull python:3.11-slim")
	assert.Equal(t, []string{"python:3.11-slim"}, *sent)
}

func TestAnImageThatNobodyHasIsOneError(t *testing.T) {
	t.Parallel()
	i, _, _, sent := nodeOf(t, Never, []runner.Reply{absent, offline}, []runner.Reply{absent, offline})
	require.ErrorContains(t, i.Provide(t.Context(), "python:3.11-slim"),
		"getting the image python:3.11-slim: it cannot be pulled")
	assert.Empty(t, *sent)
}

func TestNothingIsPulledWhereImagesAreToBeBuilt(t *testing.T) {
	t.Parallel()
	i, _, cluster, sent := nodeOf(t, Always, []runner.Reply{present}, []runner.Reply{absent})
	require.NoError(t, i.Provide(t.Context(), "python:3.11-slim"))
	assert.Equal(t, []string{"python:3.11-slim"}, *sent)
	assert.Len(t, cluster.Lines(), 1)
}

func TestWhyNoRegistryAnswers(t *testing.T) {
	t.Parallel()
	denied := runner.Reply{Prefix: "docker pull", Fails: "Error response from daemon: pull access denied"}
	for name, tt := range map[string]struct {
		mode   Mode
		reply  runner.Reply
		silent string
		asked  int
	}{
		"one answers": {Auto, online, "", 1},
		"one refuses": {Auto, denied, "", 1},
		"none is in reach": {
			Auto, offline, "no registry answers: lookup registry-1.docker.io: no such host", 1},
		"none is to be asked":      {Always, online, "TODO_REGISTRY_FREE=1 asks none", 0},
		"one is to be relied upon": {Never, offline, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i, _, cluster, _ := nodeOf(t, tt.mode, nil, []runner.Reply{tt.reply})
			for range 2 { // the second time it is known
				err := i.CheckRegistry(t.Context())
				if tt.silent == "" {
					require.NoError(t, err)
				} else {
					require.EqualError(t, err, tt.silent)
				}
			}
			pulls := strings.Count(strings.Join(cluster.Lines(), "\n"), "docker pull")
			assert.Equal(t, tt.asked, pulls)
		})
	}
}
