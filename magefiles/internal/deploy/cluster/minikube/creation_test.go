package minikube

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestRootAndANodeImageOfOnesOwnAreToldToMinikube(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, testkit.FreePort(t))
	fake.Allow("minikube start --driver=docker")
	m.Root = true
	m.Base = func(context.Context) (string, error) { return "todo-app/minikube-node:1", nil }
	note, err := m.Prepare(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "todo-app/minikube-node:1", note)
	_, err = m.Ensure(t.Context())
	require.NoError(t, err)
	last := strings.Join(fake.Lines(), "\n")
	assert.Contains(t, last, " --base-image=todo-app/minikube-node:1 --preload=false ")
	assert.Contains(t, last, " --force ")
}

func TestACreationThatFailsIsReplacedByTheNext(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, testkit.FreePort(t), runner.Reply{Prefix: mkVolume, Times: 2}, volume, created,
		runner.Reply{Prefix: "minikube start", Fails: "X Exiting due to GUEST_PROVISION", Times: 1})
	fake.Allow(mkDelete, "minikube start --driver=docker")
	_, err := m.Ensure(t.Context())
	require.ErrorContains(t, err, `creating the minikube profile "x": `)
	require.ErrorContains(t, err, "GUEST_PROVISION")
	assert.ErrorContains(t, err, "all that minikube printed is in ")
	assert.FileExists(t, m.marker().Path)
	_, err = m.Ensure(t.Context())
	require.NoError(t, err)
	assert.Contains(t, fake.Lines(), mkDelete)
}

func TestAMachineThatIsTooSmallIsToldBeforeAnythingIsMade(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*Cluster, context.Context) (string, error){
		"prepare": (*Cluster).Prepare, "ensure": (*Cluster).Ensure, "check": (*Cluster).Check,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, runner.Reply{Prefix: info, Output: "2147483648 1"})
			_, err := call(m, t.Context())
			require.ErrorContains(t, err, "the cluster needs 3 GiB and 2 CPUs")
			assert.Equal(t, []string{mkVolume, mkNode, mkNetwork, info}, fake.Lines())
		})
	}
}

func TestALoweredSizeIsAWarning(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, testkit.FreePort(t), runner.Reply{Prefix: info, Output: "3221225472 2"})
	fake.Allow("minikube start --driver=docker")
	var out strings.Builder
	require.NoError(t, report.Plain(&out).Run(t.Context(), "cluster", m.Ensure))
	assert.Contains(t, out.String(), "! cluster   TODO_MEMORY asks for 4.0 GiB, and containers may use 3.0 GiB here")
	assert.Contains(t, strings.Join(fake.Lines(), "\n"), "--memory=3072m")
}

func TestAPortThatIsTakenIsNotPublished(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	m, fake := onMinikube(t, l.Addr().(*net.TCPAddr).Port)
	fake.Allow("minikube start --driver=docker")
	var out strings.Builder
	require.NoError(t, report.Plain(&out).Run(t.Context(), "cluster", m.Ensure))
	assert.Contains(t, out.String(), "the node's port 80 is not published: port ")
	assert.NotContains(t, strings.Join(fake.Lines(), "\n"), "--ports")
}
