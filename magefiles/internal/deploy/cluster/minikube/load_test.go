package minikube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestWhatIsInTheNodesEngineNeedsNoLoading(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, 80, mine, wayThere, answered)
	loaded, err := m.Load(t.Context(), "todo-backend:1", "postgres:15")
	require.NoError(t, err)
	assert.Empty(t, loaded)
	assert.Equal(t, []string{envCall, pingCall}, fake.Lines())
}

func TestWhatTheNodesEngineLacksIsStreamedFromTheMachines(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, 80, mine, wayThere, answered, runner.Reply{Prefix: "docker save", Output: "the archive"})
	fake.Allow("docker load", "docker image inspect postgres:15")
	require.NoError(t, m.Send(t.Context(), "postgres:15"))
	for _, call := range fake.Calls() {
		switch call.Line {
		case "docker save postgres:15":
			assert.Empty(t, call.Env, "from the machine's own engine")
		case "docker load":
			assert.Equal(t, way, call.Env)
			assert.Equal(t, "the archive", call.Stdin)
		}
	}
	assert.Contains(t, fake.Lines(), "docker load")
}

func TestSendTellsWhatWentWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  string
	}{
		"the image is not in the engine": {runner.Reply{Prefix: "docker save", Fails: "No such image"},
			"No such image"},
		"the node's engine refuses it": {runner.Reply{Prefix: "docker load", Fails: "no space left"}, "no space left"},
		"the load ends well but in vain": {runner.Reply{Prefix: "docker image inspect", Fails: "No such image"},
			"its engine still lacks some of postgres:15; is its disk full (`docker exec x df -h /var`)?"},
		"the node's engine does not answer": {runner.Reply{Prefix: pingCall, Fails: "connection refused"},
			"connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, tt.reply, mine, wayThere, answered)
			fake.Allow(mkResume, "docker save", "docker load")
			require.ErrorContains(t, m.Send(t.Context(), "postgres:15"), tt.says)
		})
	}
}

func TestANodeOfContainerdGetsImagesAsKindsDoes(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(
		t,
		80,
		profileOf("docker", "containerd", 1),
		runner.Reply{Prefix: "docker image inspect --format {{.Id}}", Output: "sha256:b\nsha256:p"},
		runner.Reply{Prefix: "docker exec x crictl images", Times: 1, Output: `{}`},
		runner.Reply{Prefix: "docker exec x crictl images",
			Output: `{"images":[{"id":"sha256:b","repoTags":["docker.io/library/todo-backend:1"]},{"id":"sha256:p",` +
				`"repoTags":["docker.io/library/postgres:15"]}]}`},
	)
	fake.Allow("docker exec x ctr --namespace k8s.io images list")
	sending := []string{
		"docker save todo-backend:1 postgres:15", "docker exec --interactive x ctr --namespace k8s.io images import -",
	}
	fake.Allow(sending...)
	loaded, err := m.Load(t.Context(), "todo-backend:1", "postgres:15")
	require.NoError(t, err)
	assert.Equal(t, []string{"todo-backend:1", "postgres:15"}, loaded)
	assert.Subset(t, fake.Lines(), sending)
}

func TestANodeOfAnotherRuntimeIsRefused(t *testing.T) {
	t.Parallel()
	m, _ := onMinikube(t, 80, profileOf("docker", "crio", 1))
	_, err := m.Load(t.Context(), "postgres:15")
	assert.ErrorContains(t, err, "its container runtime is crio, and this project knows docker and containerd")
}
