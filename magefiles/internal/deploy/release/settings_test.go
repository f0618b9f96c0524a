package release

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestPortsOfURLsAreLetThrough(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secrets map[string]string
		want    []int
	}{
		"nothing is set": {nil, []int{443, 5432}},
		"the usual ports": {
			map[string]string{"DATABASE_URL": "postgresql://u:p@db/x", "OPENAI_BASE_URL": "https://models/v1"},
			[]int{443, 5432}},
		"a pooler and a direct": {
			map[string]string{"DATABASE_URL": "postgresql://u:p@db:6543/x",
				"DIRECT_DATABASE_URL": "postgresql://u:p@db:5433/x"}, []int{443, 5432, 5433, 6543}},
		"a model in the clear": {map[string]string{"OPENAI_BASE_URL": "http://models/v1"}, []int{80, 443, 5432}},
		"a model on a port": {map[string]string{"OPENAI_BASE_URL": "http://models:11434/v1"},
			[]int{443, 5432, 11434}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, egressPorts(c.secrets))
		})
	}
}

func TestTheAppIsServedInOneWay(t *testing.T) {
	t.Parallel()
	for gateway, says := range map[bool]string{true: `"ingress":{"enabled":false,`, false: `"ingress":{"enabled":true,`} {
		values, err := Settings{Images: settings.Images, Host: "todo.local", Gateway: gateway}.values("x", "")
		require.NoError(t, err)
		assert.Contains(t, string(values), says)
		assert.Contains(t, string(values), fmt.Sprintf(`"httpRoute":{"enabled":%v,"host":"todo.local"`, gateway))
	}
}

func TestAmongSeveralNodesTheDatabaseStaysOnTheControlPlane(t *testing.T) {
	t.Parallel()
	values, err := Settings{Images: settings.Images, Replicas: 2}.values("x", "")
	require.NoError(t, err)
	assert.Contains(t, string(values), `"postgres":{"enabled":true,"nodeSelector":{"`+controlPlane+`":""},"tolerations":`)
	assert.Equal(t, 2, strings.Count(string(values), `"replicas":2`), "the backend's and the frontend's")
}

func TestPodsPullWithTheLoginsThatAreNamed(t *testing.T) {
	t.Parallel()
	named := settings
	named.PullSecrets = []string{"login", "other"}
	const look = kubectl + "get secret --ignore-not-found -o name login other"
	r, fake := releaseOf(t, absent, runner.Reply{Prefix: look, Output: "secret/login\nsecret/other\n", Times: 1},
		runner.Reply{Prefix: look, Output: "secret/login\n", Times: 1},
		runner.Reply{Prefix: look, Fails: "forbidden"})
	_, err := r.Install(t.Context(), named)
	require.NoError(t, err)
	calls := fake.Calls()
	assert.Contains(t, calls[len(calls)-1].Line+calls[len(calls)-2].Line, "helm upgrade")
	values, err := named.values("x", "")
	require.NoError(t, err)
	assert.Contains(t, string(values), `"imagePullSecrets":[{"name":"login"},{"name":"other"}]`)

	before := len(fake.Lines())
	_, err = r.Install(t.Context(), named)
	require.ErrorContains(t, err, `the namespace n of the kube context "kind-x" has no Secret other`)
	_, err = r.Install(t.Context(), named)
	require.ErrorContains(t, err, "looking for the Secrets of TODO_PULL_SECRETS: ")
	for _, line := range fake.Lines()[before:] {
		assert.NotContains(t, line, "apply", "nothing is changed before")
	}
}

func TestAnImageIsSplitAtItsTag(t *testing.T) {
	t.Parallel()
	assert.Equal(t, object{"repository": "registry:5000/todo-backend", "tag": "3f2a"},
		imageValues("registry:5000/todo-backend:3f2a"))
}
