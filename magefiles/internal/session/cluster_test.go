package session

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// chosen is a session of a cluster.
func chosen(t *testing.T, c config.Config) *Session {
	t.Helper()
	s, _ := newSession(t, config.Secrets{})
	c.Root, c.Cache, c.Profile, c.HTTPPort, c.RegistryFree = s.Config.Root, s.Config.Cache, "p", 80, "auto"
	c.Memory, c.CPUs = 4<<30, 2
	s, err := New(c, report.Plain(t.Output()), false)
	require.NoError(t, err)
	return s
}

func TestEachClusterBringsItsParts(t *testing.T) {
	t.Parallel()
	kubeconfig := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(kubeconfig, []byte("current-context: work\n"), 0o600))
	for name, tt := range map[string]struct {
		config   config.Config
		cluster  string
		context  string
		ingress  ingress.Controller
		inside   bool
		tools    []string
		registry string
	}{
		"kind": {config.Config{Cluster: config.Kind, Ingress: config.Ingress{Controller: config.Traefik}},
			`kind cluster "p"`, "kind-p", ingress.Traefik{}, false, nil, ""},
		"minikube": {config.Config{Cluster: config.Minikube, Ingress: config.Ingress{Controller: config.Nginx}},
			`minikube profile "p"`, "p", ingress.Addon{}, true, []string{"minikube"}, ""},
		"the current context": {
			config.Config{Cluster: config.Current, Registry: "registry.example.com", Kubeconfigs: []string{kubeconfig},
				Ingress: config.Ingress{Controller: config.Traefik}}, `kube context "work"`, "work", ingress.Traefik{},
			false, nil, "registry.example.com"},
		"the current context with its own NGINX": {
			config.Config{Cluster: config.Current, Registry: "registry.example.com", Kubeconfigs: []string{kubeconfig},
				Ingress: config.Ingress{Controller: config.Nginx}}, `kube context "work"`, "work", ingress.Existing{},
			false, nil, "registry.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			s := chosen(t, tt.config)
			assert.Equal(t, tt.cluster, s.Cluster.Name())
			assert.Equal(t, tt.context, s.Release.Kubectl.Context)
			assert.IsType(t, tt.ingress, s.Ingress)
			assert.Equal(t, tt.inside, s.BuildsInNode())
			assert.Equal(t, tt.tools, s.Cluster.Programs())
			assert.Equal(t, tt.registry, s.Images.Registry)
			assert.Empty(t, s.Host.Registry)
			inner, ok := s.Cluster.(cluster.DockerNode)
			require.Equal(t, tt.inside, ok)
			if ok {
				assert.Same(t, inner.NodeRunner(), s.Images.Runner)
			} else {
				assert.Equal(t, s.Runner, s.Images.Runner)
			}
		})
	}
}

func TestAMachineThatIsTooSmallIsRefusedBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()
	s, _ := newSession(t, config.Secrets{})
	c := s.Config
	c.Cluster, c.Memory, c.CPUs = config.Minikube, 1<<30, 2
	_, err := New(c, report.Plain(t.Output()), false)
	assert.ErrorContains(t, err, "setting TODO_MEMORY: it asks for 1.0 GiB")
	c.Cluster = config.Kind // which gives its node all there is
	_, err = New(c, report.Plain(t.Output()), false)
	assert.NoError(t, err)
}

func TestImagesOfTheAddonBecomeMinikubesOptions(t *testing.T) {
	t.Parallel()
	s := chosen(t, config.Config{Cluster: config.Minikube, Ingress: config.Ingress{Controller: config.Nginx,
		Images: map[string]string{"IngressController": "mirror.example.com/x:1"}}})
	addon, ok := s.Ingress.(ingress.Addon)
	require.True(t, ok)
	assert.Equal(t, []string{"--images=IngressController=x:1", "--registries=IngressController=mirror.example.com"},
		addon.Options)
}

func TestConfirmationIsForAContextOnlyAndMayBeGivenBeforehand(t *testing.T) {
	t.Parallel()
	kubeconfig := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(kubeconfig, []byte("current-context: work\n"), 0o600))
	current := config.Config{Cluster: config.Current, Registry: "r.example.com", Kubeconfigs: []string{kubeconfig}}
	require.NoError(t, chosen(t, config.Config{Cluster: config.Kind}).Lock(t.Context()))
	refused := chosen(t, current)
	require.ErrorContains(t, refused.Lock(t.Context()), "TODO_YES=1")
	require.ErrorContains(t, refused.Failure(), "TODO_YES=1", "no other step goes on")
	current.Yes = true
	require.NoError(t, chosen(t, current).Lock(t.Context()))
}

func TestAShellThatPointsIntoANodeIsLeft(t *testing.T) {
	t.Parallel()
	inside := []string{"HOME=/root", "MINIKUBE_ACTIVE_DOCKERD=minikube",
		"MINIKUBE_EXISTING_DOCKER_HOST=unix:///run/user/1000/docker.sock", "DOCKER_HOST=tcp://192.168.49.2:2376",
		"DOCKER_TLS_VERIFY=1", "DOCKER_CERT_PATH=/certs"}
	assert.Equal(t, []string{"HOME=/root", "DOCKER_HOST=unix:///run/user/1000/docker.sock"}, leaveNode(inside))
	own := []string{"DOCKER_HOST=tcp://another:2375"}
	assert.Equal(t, own, leaveNode(own), "one's own choice is kept")
}

func TestProgramsThatTheProjectBuiltComeFirst(t *testing.T) {
	t.Parallel()
	caller := []string{"PATH=/bin"}
	env := environment(caller, "/cache/bin")
	assert.Equal(t, "/cache/bin"+string(os.PathListSeparator)+"/bin", runner.Getenv(env, "PATH"))
	assert.Equal(t, []string{"PATH=/bin"}, caller)
}

func TestASessionLeavesTheProcesssEnvironmentAlone(t *testing.T) {
	t.Parallel()
	before := os.Environ()
	newSession(t, config.Secrets{})
	assert.Equal(t, before, os.Environ())
}

func TestHintsNameTargetsAsTheUserCalledThisOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		called    string
		installed []string
		want      string
	}{
		"with Go alone":        {"go run .", []string{"go"}, "`go run . logs`, `/cache/bin/kubectl get pods`"},
		"with mage":            {"", []string{"go", "mage", "kubectl"}, "`mage logs`, `kubectl get pods`"},
		"as a tool of Go's":    {"", []string{"go", "kubectl"}, "`go run . logs`, `kubectl get pods`"},
		"with Go, beside mage": {"go run .", []string{"go", "mage", "kubectl"}, "`go run . logs`, `kubectl get pods`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := report.Plain(t.Output())
			runnable(r, "/cache/bin", tt.called, func(program string) (string, error) {
				if !slices.Contains(tt.installed, program) {
					return "", exec.ErrNotFound
				}
				return "/usr/bin/" + program, nil
			})
			assert.Equal(t, tt.want, r.Printable("`mage logs`, `kubectl get pods`"))
		})
	}
}
