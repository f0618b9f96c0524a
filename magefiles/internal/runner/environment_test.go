package runner

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEachProgramGetsAnEnvironmentOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		program, given, variable, want string
	}{
		"no other platform for docker":          {"docker", "DOCKER_DEFAULT_PLATFORM=linux/s390x", "DOCKER_DEFAULT_PLATFORM", ""},
		"no signatures of images made here":     {"docker", "DOCKER_CONTENT_TRUST=1", "DOCKER_CONTENT_TRUST", ""},
		"no builder elsewhere":                  {"docker", "BUILDX_BUILDER=remote", "BUILDX_BUILDER", ""},
		"nor for minikube, which runs docker":   {"minikube", "DOCKER_DEFAULT_PLATFORM=linux/s390x", "DOCKER_DEFAULT_PLATFORM", ""},
		"the engine that the user chose":        {"docker", "DOCKER_HOST=tcp://a:1", "DOCKER_HOST", "tcp://a:1"},
		"no preferences of kubectl":             {"kubectl", "KUBERC=/home/me/rc", "KUBERC", "off"},
		"no variables of kubectl":               {"kubectl", "KUBECTL_COMMAND_HEADERS=x", "KUBECTL_COMMAND_HEADERS", ""},
		"the user's kubeconfig":                 {"kubectl", "KUBECONFIG=/a", "KUBECONFIG", "/a"},
		"no namespace of helm's":                {"helm", "HELM_NAMESPACE=x", "HELM_NAMESPACE", ""},
		"no storage of helm's":                  {"/cache/bin/helm", "HELM_DRIVER=memory", "HELM_DRIVER", ""},
		"no options of minikube's":              {"minikube", "MINIKUBE_DRIVER=none", "MINIKUBE_DRIVER", ""},
		"minikube's folder":                     {"minikube", "MINIKUBE_HOME=/a", "MINIKUBE_HOME", "/a"},
		"little collecting of garbage":          {"kubectl", "GOGC=50", "GOGC", "400"},
		"as the user chose it for others":       {"go", "GOGC=50", "GOGC", "50"},
		"no workspace above the clone":          {"go", "GOWORK=/above/go.work", "GOWORK", "off"},
		"Go's mirror":                           {"go", "GOPROXY=https://mirror", "GOPROXY", "https://mirror"},
		"all packages by npm":                   {"npm", "NODE_ENV=production", "NODE_ENV", ""},
		"all packages, whatever npm is to omit": {"npm", "npm_config_omit=dev", "npm_config_omit", ""},
		"the mode of a server":                  {"node", "NODE_ENV=production", "NODE_ENV", "production"},
		"npm's registry":                        {"npm", "npm_config_registry=https://mirror", "npm_config_registry", "https://mirror"},
		"packages where they belong by pip":     {"/venv/bin/python", "PIP_USER=1", "PIP_USER", ""},
		"none from elsewhere":                   {"python3", "PYTHONPATH=/a", "PYTHONPATH", ""},
		"pip's index":                           {"python", "PIP_INDEX_URL=https://mirror", "PIP_INDEX_URL", "https://mirror"},
		"a proxy, but not to nodes":             {"kubectl", "HTTPS_PROXY=http://p", "NO_PROXY", direct},
		"what else goes past it":                {"helm", "https_proxy=http://p NO_PROXY=.corp", "NO_PROXY", ".corp," + direct},
		"a proxy for what is downloaded":        {"npm", "HTTPS_PROXY=http://p", "NO_PROXY", ""},
		"nothing where there is no proxy":       {"kubectl", "A=b", "NO_PROXY", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caller := append([]string{"PATH=/bin"}, strings.Fields(tt.given)...)
			before := slices.Clone(caller)
			env := environment(tt.program, caller)
			assert.Equal(t, tt.want, Getenv(env, tt.variable))
			assert.Equal(t, "/bin", Getenv(env, "PATH"))
			assert.Equal(t, before, caller, "the caller's own is left alone")
		})
	}
}
