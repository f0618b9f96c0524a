package config

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load reads the settings of a repository whose .env holds dotenv ("" for no such file) with env as the environment.
func load(t *testing.T, dotenv string, env map[string]string) (Config, error) {
	t.Helper()
	root := t.TempDir()
	if dotenv != "" {
		require.NoError(t, os.WriteFile(filepath.Join(root, ".env"), []byte(dotenv), 0o600))
	}
	return Load(root, func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	})
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", nil)
	require.NoError(t, err)
	assert.Equal(t, "minikube", c.Cluster)
	assert.Equal(t, "todo-app", c.Profile)
	assert.Equal(t, "todo-app", c.Namespace)
	assert.Equal(t, "todo.local", c.Host)
	assert.Equal(t, 80, c.HTTPPort)
	assert.Equal(t, 2, c.CPUs)
	assert.Empty(t, c.Registry)
	assert.Empty(t, c.PullSecrets)
	assert.False(t, c.Yes)
	assert.NotEmpty(t, c.Kubeconfigs)
	assert.Equal(t, "auto", c.RegistryFree)
	assert.Equal(t, "todo-app", filepath.Base(c.Cache))
	assert.True(t, filepath.IsAbs(c.Cache))
	assert.Empty(t, c.HostsFile)
	assert.Empty(t, c.CABundle)
	assert.Equal(t, Secrets{}, c.Secrets)
}

func TestSources(t *testing.T) {
	t.Parallel()
	const dotenv = "# a comment\nTODO_HOST=from-file.local\nexport TODO_PROFILE='from-file'\n"
	for name, tt := range map[string]struct {
		env           map[string]string
		host, profile string
	}{
		"the file fills in what the environment does not set": {nil, "from-file.local", "from-file"},
		"the environment comes before the file": {map[string]string{"TODO_HOST": "from-env.local"},
			"from-env.local", "from-file"},
		"an empty variable takes the file's value away": {map[string]string{"TODO_HOST": ""}, "todo.local",
			"from-file"},
		"blanks around a value do not count": {map[string]string{"TODO_HOST": " from-env.local "},
			"from-env.local", "from-file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, dotenv, tt.env)
			require.NoError(t, err)
			assert.Equal(t, tt.host, c.Host)
			assert.Equal(t, tt.profile, c.Profile)
		})
	}
}

func TestContinuousIntegrationUsesKindUnlessItIsToldOtherwise(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]string{"": "kind", "minikube": "minikube"} {
		c, err := load(t, "", map[string]string{"CI": "true", "TODO_CLUSTER": set})
		require.NoError(t, err)
		assert.Equal(t, want, c.Cluster)
	}
}

func TestGoodValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value string }{
		{"TODO_HOST", "todo.localhost"},
		{"TODO_HOST", "x"},
		{"TODO_HTTP_PORT", "65535"},
		{"TODO_REGISTRY_FREE", "1"},
		{"TODO_REGISTRY_FREE", "0"},
		{"TODO_CLUSTER", "kind"},
		{"TODO_CLUSTER", "minikube"},
		{"TODO_REGISTRY", "registry.example.com:5000/team"},
		{"DATABASE_URL", "postgres://u:p@db.example.com/todo"},
		{"DATABASE_URL", "postgresql://u:p%40ss@db.example.com:6432/todo?sslmode=require"},
		{"OPENAI_BASE_URL", "http://models.example.com:8080/v1"},
	} {
		t.Run(tt.name+" may be "+tt.value, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, "", map[string]string{tt.name: tt.value})
			assert.NoError(t, err)
		})
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "not.pem")
	require.NoError(t,
		os.WriteFile(good, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}), 0o600))
	require.NoError(t, os.WriteFile(bad, []byte("no certificate"), 0o600))
	absent := filepath.Join(dir, "absent")
	for name, tt := range map[string]struct {
		env   map[string]string
		want  string
		error string
	}{
		"a bundle of one's own is used": {map[string]string{"TODO_CA_BUNDLE": good, "SSL_CERT_FILE": bad},
			good, ""},
		"SSL_CERT_FILE is noticed":                  {map[string]string{"SSL_CERT_FILE": good}, good, ""},
		"SSL_CERT_FILE that is absent is passed by": {map[string]string{"SSL_CERT_FILE": absent}, "", ""},
		"SSL_CERT_FILE of no use is passed by":      {map[string]string{"SSL_CERT_FILE": bad}, "", ""},
		"an absent bundle is an error": {map[string]string{"TODO_CA_BUNDLE": absent}, absent,
			"cannot be read"},
		"a bundle without certificate is an error": {map[string]string{"TODO_CA_BUNDLE": bad}, bad,
			"holds no PEM certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, "", tt.env)
			assert.Equal(t, tt.want, c.CABundle)
			if tt.error == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, "setting TODO_CA_BUNDLE: ")
				assert.ErrorContains(t, err, tt.error)
			}
		})
	}
}

func TestSecretsHaveWhatIsSetUnderTheVariablesNames(t *testing.T) {
	t.Parallel()
	env := map[string]string{
		"DATABASE_URL":        "postgresql://u:p@pooler.example.com/todo",
		"DIRECT_DATABASE_URL": "postgresql://u:p@direct.example.com/todo",
		"OPENAI_API_KEY":      "sk-1", "OPENAI_BASE_URL": "https://models.example.com/v1", "OPENAI_MODEL": "m",
	}
	c, err := load(t, "", env)
	require.NoError(t, err)
	assert.Equal(t, Secrets(env), c.Secrets)

	delete(env, "OPENAI_BASE_URL")
	c, err = load(t, "", env)
	require.NoError(t, err)
	assert.Equal(t, Secrets(env), c.Secrets, "a value that is not set is not passed on as an empty one")
}
