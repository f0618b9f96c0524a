package kind

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	kindv1 "sigs.k8s.io/kind/pkg/apis/config/v1alpha4"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
)

func TestClusterIsOneNodeThatPublishesTheIngressOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	c := (&Cluster{Local: cluster.Local{Profile: "x", HTTPPort: 8080}}).config(33795)
	assert.Equal(t, kindv1.Networking{APIServerAddress: "127.0.0.1", APIServerPort: 33795}, c.Networking)
	require.Len(t, c.Nodes, 1)
	assert.Equal(t, kindv1.ControlPlaneRole, c.Nodes[0].Role)
	require.Len(t, c.KubeadmConfigPatches, 1)
	assert.Equal(t, 2, strings.Count(c.KubeadmConfigPatches[0], `leader-elect: "false"`))
	assert.Equal(t,
		[]kindv1.PortMapping{{ContainerPort: 80, HostPort: 8080, ListenAddress: "127.0.0.1", Protocol: "TCP"}},
		c.Nodes[0].ExtraPortMappings)
}

func TestNamesOfACluster(t *testing.T) {
	t.Parallel()
	k, fake, _ := onPort(t, 80)
	assert.Equal(t, `kind cluster "x"`, k.Name())
	kubectl := k.Kubectl()
	assert.Equal(t, "kind-x", kubectl.Context)
	assert.Equal(t, "n", kubectl.Namespace)
	assert.Same(t, fake, kubectl.Runner)
}

func TestClusterIsReachedByThePortThatItPublishes(t *testing.T) {
	t.Parallel()
	k, fake, _ := onPort(t, 8080)
	candidates, err := k.Addresses(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, candidates, 1)
	assert.Equal(t, "127.0.0.1:8080", candidates[0].Address)
	assert.Empty(t, fake.Lines(), "nobody needs to be asked")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	k, _, library := onPort(t, 80)
	require.NoError(t, k.Delete(t.Context()))
	assert.Equal(t, []string{"delete x"}, library.calls)
	library.fails = errors.New("permission denied")
	assert.ErrorContains(t, k.Delete(t.Context()), `removing the kind cluster "x": permission denied`)
}

func TestKindsMessagesAreShownAsProgress(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := report.Plain(&out).Run(t.Context(), "cluster", func(ctx context.Context) (string, error) {
		l := progressLogger{ctx}
		l.V(0).Info(" • Preparing nodes 📦  ...\n")
		l.V(0).Info(" ✓ Preparing nodes 📦")
		l.V(0).Infof(" • Starting %s 🕹️  ...\n", "control-plane")
		l.V(1).Info("a detail")
		l.V(0).Info(" 📦 ")
		l.Warn("careful")
		l.Errorf("broken %d", 1)
		return "", nil
	})
	require.NoError(t, err)
	assert.Regexp(t, `^   cluster   preparing nodes\n`+
		`   cluster   starting control-plane\n`+
		`   cluster   careful\n`+
		` ! cluster   broken 1\n`+
		` ✓ cluster .*\n$`, out.String())
	assert.True(t, progressLogger{}.Enabled())
}
