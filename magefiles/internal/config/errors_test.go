package config

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadValueIsNamedWithItsVariableAndWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, is, allowed string }{
		{"TODO_CLUSTER", "minicube", `is "minicube"`, "must be minikube, kind, current or unset"},
		{"TODO_CLUSTER", "current", `is "current"`, "TODO_REGISTRY is not set"},
		{"TODO_MEMORY", "much", `is "much"`, "such as 4g, 4096m or 4096"},
		{"TODO_MEMORY", "0", `is "0"`, "such as 4g"},
		{"TODO_MEMORY", "4t", `is "4t"`, "such as 4g"},
		{"TODO_CPUS", "0", `is "0"`, "1 or more"},
		{"TODO_CPUS", "max", `is "max"`, "whole number"},
		{"TODO_REGISTRY", "https://registry.example.com", `is "https://registry.example.com"`, "without https://"},
		{"TODO_PULL_SECRETS", "login,Other", `holds "Other"`, "names of Secrets divided by commas"},
		{"TODO_PULL_SECRETS", "login,", `holds ""`, "such as registry-login"},
		{"TODO_YES", "yes", `is "yes"`, "must be 0, 1 or unset"},
		{"TODO_INGRESS", "haproxy", `is "haproxy"`, "must be nginx, traefik, gateway or unset"},
		{"TODO_INGRESS", "nginx", `is "nginx"`, "only minikube has an addon for"},
		{"TODO_INGRESS_IMAGES", "Controller=mirror.example.com/x:1", `holds "Controller=mirror.example.com/x:1"`,
			"IngressController"},
		{"TODO_INGRESS_IMAGES", "IngressController=ingress-nginx/controller:v1", "holds ", "REGISTRY/IMAGE:TAG"},
		{"TODO_PROFILE", "Todo", `is "Todo"`, "lower-case letters, digits and inner hyphens, 40 at most"},
		{"TODO_PROFILE", strings.Repeat("a", 41), "aaa", "40 at most"},
		{"TODO_NAMESPACE", "-todo", `is "-todo"`, "63 at most"},
		{"TODO_NAMESPACE", "kube-system", `is "kube-system"`, "which the cluster has for its own parts"},
		{"TODO_NAMESPACE", "ingress-nginx", `is "ingress-nginx"`, "choose another name"},
		{"TODO_NAMESPACE", "todo\nx", `is "todo\nx"`, "lower-case letters"},
		{"TODO_HOST", "todo.local:8080", `is "todo.local:8080"`, "without a port"},
		{"TODO_HOST", "http://todo.local", `is "http://todo.local"`, "lower-case host name such as todo.local"},
		{"TODO_HOST", "Todo.Local", `is "Todo.Local"`, "lower-case host name"},
		{"TODO_HOST", "todo..local", `is "todo..local"`, "lower-case host name"},
		{"TODO_HOST", "127.0.0.1", `is "127.0.0.1"`, "no address"},
		{"TODO_HOST", strings.Repeat("abc.", 63) + "ab", "abc.", "lower-case host name"},
		{"TODO_HTTP_PORT", "http", `is "http"`, "port number from 1 to 65535"},
		{"TODO_HTTP_PORT", "0", `is "0"`, "port number from 1 to 65535"},
		{"TODO_HTTP_PORT", "65536", `is "65536"`, "port number from 1 to 65535"},
		{"TODO_CACHE", "cache", `is "cache"`, "absolute path"},
		{"TODO_HOSTS_FILE", "hosts", `is "hosts"`, "absolute path"},
		{"TODO_REGISTRY_FREE", "yes", `is "yes"`, "must be auto, 1, 0 or unset"},
		{"DATABASE_URL", "postgresql://u:p@localhost/todo", "names the host localhost",
			"which leads a pod to itself or nowhere; name a host that the cluster can reach"},
		{"DATABASE_URL", "postgresql://u:p@127.0.0.53/todo", "names the host 127.0.0.53",
			"which leads a pod to itself or nowhere; name a host that the cluster can reach"},
		{"DATABASE_URL", "postgresql://u:p@[::1]:5432/todo", "names the host ::1",
			"which leads a pod to itself or nowhere; name a host that the cluster can reach"},
		{"DIRECT_DATABASE_URL", "postgresql://u:p@db.example.com/todo", "is set", "DATABASE_URL is not"},
	} {
		t.Run(tt.name+" may not be "+tt.value, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, "",
				map[string]string{"CI": "true", tt.name: tt.value}) // on kind, which has fewer choices
			require.Error(t, err)
			assert.Contains(t, err.Error(), "setting "+tt.name+": it ")
			assert.Contains(t, err.Error(), tt.is)
			assert.Contains(t, err.Error(), tt.allowed)
			assert.NotContains(t, err.Error(), "\n", "one error for one value")
		})
	}
}

func TestBadSecretIsNamedButNotShown(t *testing.T) {
	t.Parallel()
	const hidden = "hunter2"
	for name, tt := range map[string]struct{ name, value, says string }{
		"a password where a URL belongs": {"DATABASE_URL", hidden, "does not begin with postgresql://"},
		"a password that looks as a scheme": {"DATABASE_URL", hidden + ":x",
			"must look like postgresql://USER:PASSWORD@HOST/DATABASE"},
		"a password with an @": {"DATABASE_URL", "postgresql://u:p@" + hidden + "@db.example.com/todo",
			"write @ as %40"},
		"a URL of two lines": {"DIRECT_DATABASE_URL", "postgresql://u:" + hidden + "\n@db.example.com/todo",
			"a line end"},
		"a key of two lines":      {"OPENAI_API_KEY", "sk\n" + hidden, "single line"},
		"a key with a NUL":        {"OPENAI_API_KEY", hidden + "\x00x", "single line"},
		"a base URL that is none": {"OPENAI_BASE_URL", "ftp://u:" + hidden + "@models.example.com", "https://HOST/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, "", map[string]string{tt.name: tt.value})
			require.Error(t, err)
			assert.Contains(t, err.Error(), "setting "+tt.name)
			assert.Contains(t, err.Error(), tt.says)
			assert.NotContains(t, err.Error(), hidden)
		})
	}
}

func TestAllBadValuesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, "TODO_CLUSTER=x\n", map[string]string{"TODO_HTTP_PORT": "x", "DATABASE_URL": "x"})
	require.Error(t, err)
	assert.Len(t, strings.Split(err.Error(), "\n"), 3)
	for _, name := range []string{"TODO_CLUSTER", "TODO_HTTP_PORT", "DATABASE_URL"} {
		assert.Contains(t, err.Error(), name)
	}
}

func TestDotenvThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.Mkdir(root+"/.env", 0o700))
	_, err := Load(root, os.LookupEnv)
	assert.ErrorContains(t, err, "reading the settings: ")
}
