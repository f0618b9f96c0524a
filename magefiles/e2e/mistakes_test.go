//go:build e2e

package e2e

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMistakesBeforeAnythingIsChanged(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	never := profile + "-never"
	hosts := filepath.Join(t.TempDir(), "hosts")
	d := &deployment{root: root, program: compiled,
		env: []string{"TODO_CLUSTER=kind", "TODO_PROFILE=" + never, "TODO_HOSTS_FILE=" + hosts,
			"KUBECONFIG=" + hosts + ".kubeconfig"}}
	for name, c := range map[string]struct{ set, says string }{
		"a port that another program has": {"TODO_HTTP_PORT=" + listen(t), "choose another port with TODO_HTTP_PORT"},
		"a port that is no number":        {"TODO_HTTP_PORT=http", `setting TODO_HTTP_PORT: it is "http"`},
		"an unknown cluster":              {"TODO_CLUSTER=k9s", `setting TODO_CLUSTER: it is "k9s"`},
		"a registry that is missing":      {"TODO_CLUSTER=current", "TODO_REGISTRY"},
		"an unknown ingress controller":   {"TODO_INGRESS=apache", `setting TODO_INGRESS: it is "apache"`},
		"memory that is no size":          {"TODO_MEMORY=plenty", `setting TODO_MEMORY: it is "plenty"`},
		"a profile with a blank":          {"TODO_PROFILE=my app", `setting TODO_PROFILE: it is "my app"`},
		"a namespace in capitals":         {"TODO_NAMESPACE=Todo", `setting TODO_NAMESPACE: it is "Todo"`},
		"a host with a scheme": {"TODO_HOST=http://todo.local",
			`setting TODO_HOST: it is "http://todo.local"`},
		"a relative hosts file": {"TODO_HOSTS_FILE=hosts", `setting TODO_HOSTS_FILE: it is "hosts"`},
		"a relative cache":      {"TODO_CACHE=cache", `setting TODO_CACHE: it is "cache"`},
		"certificates that are not there": {"TODO_CA_BUNDLE=/no/such/file",
			`setting TODO_CA_BUNDLE: it is "/no/such/file"`},
		"an unknown mode": {"TODO_REGISTRY_FREE=maybe", `setting TODO_REGISTRY_FREE: it is "maybe"`},
		"a database of another kind": {"DATABASE_URL=mysql://u:topsecretpw@db/todo",
			"setting DATABASE_URL: it does not begin with postgresql://"},
		"a direct database alone": {"DIRECT_DATABASE_URL=postgresql://u:topsecretpw@db/todo",
			"but DATABASE_URL is not"},
		"a base URL that is none": {"OPENAI_BASE_URL=example", "setting OPENAI_BASE_URL: it is no http or https URL"},
		"a key of two lines": {"OPENAI_API_KEY=sk-topsecretpw\nX",
			"setting OPENAI_API_KEY: it has more than one line"},
		"a model of two lines": {"OPENAI_MODEL=a\nb", "setting OPENAI_MODEL: it has more than one line"},
		"an engine that is gone": {"DOCKER_HOST=unix:///no/such/docker.sock",
			"DOCKER_HOST is unix:///no/such/docker.sock, and no engine answers there"},
	} {
		t.Run(name, func(t *testing.T) {
			out := d.fails(t, "deploy", c.set)
			assert.Contains(t, out, c.says)
			assert.NotContains(t, out, "topsecretpw")
			assert.NoFileExists(t, hosts)
			assert.Empty(t,
				d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "label=io.x-k8s.kind.cluster="+never))
		})
	}
}

// TestImagesWithoutACluster runs both images under plain docker.
func TestImagesWithoutACluster(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	d := &deployment{root: root, env: []string{"TODO_CLUSTER=kind", "TODO_PROFILE=" + profile}}
	assert.Contains(t, d.must(t, "run"), "✓ run")
	assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", "name="+profile+"-run-"),
		"containers are removed")
	assert.Empty(t, d.output(t, "docker", "network", "ls", "--quiet", "--filter", "name="+profile+"-run"),
		"the network is removed")
}
