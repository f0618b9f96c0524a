package config

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMemoryIsReadAsMinikubeDoes(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int64{
		"": 4 << 30, "4g": 4 << 30, "4G": 4 << 30, "4096m": 4 << 30, "4096": 4 << 30, "6000M": 6000 << 20,
	} {
		c, err := load(t, "", map[string]string{"TODO_MEMORY": value})
		require.NoError(t, err, value)
		assert.Equal(t, want, c.Memory, value)
	}
}

func TestIngressFollowsTheCluster(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		env  map[string]string
		want string
	}{
		"NGINX on minikube, which has an addon for it": {map[string]string{"TODO_CLUSTER": "minikube"}, Nginx},
		"Traefik on kind": {map[string]string{"TODO_CLUSTER": "kind"}, Traefik},
		"Traefik on another cluster": {
			map[string]string{"TODO_CLUSTER": "current", "TODO_REGISTRY": "registry.example.com"}, Traefik},
		"Traefik on minikube, too": {map[string]string{"TODO_CLUSTER": "minikube", "TODO_INGRESS": "traefik"}, Traefik},
		"the Gateway API on kind":  {map[string]string{"TODO_CLUSTER": "kind", "TODO_INGRESS": "gateway"}, Gateway},
		"the NGINX of another cluster": {
			map[string]string{"TODO_CLUSTER": "current", "TODO_REGISTRY": "registry.example.com",
				"TODO_INGRESS": "nginx"}, Nginx},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, "", tt.env)
			require.NoError(t, err)
			assert.Equal(t, tt.want, c.Ingress.Controller)
		})
	}
}

func TestClusterSettings(t *testing.T) {
	t.Parallel()
	c, err := load(t, "",
		map[string]string{"TODO_CPUS": "3", "TODO_YES": "1", "TODO_REGISTRY": "localhost:5000/team/todo/",
			"TODO_PULL_SECRETS": "login, other.login", "KUBECONFIG": "/a" + string(os.PathListSeparator) + "/b"})
	require.NoError(t, err)
	assert.Equal(t, 3, c.CPUs)
	assert.True(t, c.Yes)
	assert.Equal(t, "localhost:5000/team/todo", c.Registry)
	assert.Equal(t, []string{"login", "other.login"}, c.PullSecrets)
	assert.Equal(t, []string{"/a", "/b"}, c.Kubeconfigs)
}

func TestImagesOfTheAddonKeepTheirRegistries(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ images, registry, wantImages, wantRegistries string }{
		"none are replaced": {},
		"one of them": {"IngressController=mirror.example.com/ingress/controller:v1", "",
			"IngressController=ingress/controller:v1", "IngressController=mirror.example.com"},
		"a mirror for all": {"", "mirror.example.com/k8s", "",
			"IngressController=mirror.example.com/k8s,KubeWebhookCertgenCreate=mirror.example.com/k8s," +
				"KubeWebhookCertgenPatch=mirror.example.com/k8s"},
		"a mirror for those that are not named": {
			"KubeWebhookCertgenPatch=localhost:5000/certgen:1, KubeWebhookCertgenCreate=localhost:5000/certgen:1",
			"mirror.example.com", "KubeWebhookCertgenCreate=certgen:1,KubeWebhookCertgenPatch=certgen:1",
			"IngressController=mirror.example.com,KubeWebhookCertgenCreate=localhost:5000," +
				"KubeWebhookCertgenPatch=localhost:5000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, "",
				map[string]string{"TODO_CLUSTER": "minikube", "TODO_INGRESS_IMAGES": tt.images,
					"TODO_INGRESS_REGISTRY": tt.registry})
			require.NoError(t, err)
			var want []string
			if tt.wantImages != "" {
				want = append(want, "--images="+tt.wantImages)
			}
			if tt.wantRegistries != "" {
				want = append(want, "--registries="+tt.wantRegistries)
			}
			assert.Equal(t, want, c.Ingress.AddonOptions())
		})
	}
}

func TestOnlyKindHasSeveralNodes(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", map[string]string{"TODO_CLUSTER": "kind", "TODO_NODES": "3"})
	require.NoError(t, err)
	assert.Equal(t, 3, c.Nodes)
	for _, provider := range []string{"minikube", "current"} {
		settings := map[string]string{"TODO_CLUSTER": provider, "TODO_NODES": "3", "TODO_REGISTRY": "r.example.com/a"}
		_, err := load(t, "", settings)
		require.ErrorContains(t, err, `setting TODO_NODES: it is "3", but only kind makes clusters of several nodes here`)
	}
	_, err = load(t, "", map[string]string{"TODO_CLUSTER": "kind", "TODO_NODES": "0"})
	require.ErrorContains(t, err, "a number of nodes from 1 to 9")
}
