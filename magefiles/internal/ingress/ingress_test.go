package ingress

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/kube"
	"todo-app/magefiles/internal/runner"
)

const (
	apply   = "kubectl --context kind-x --namespace ingress-traefik --request-timeout 20s apply --server-side --force-conflicts --field-manager todo-app -f -"
	rollout = "kubectl --context kind-x --namespace ingress-traefik rollout status deployment/traefik --timeout 3m"
)

// controller is one that answers at 127.0.0.1:80, in a repository whose manifest is "the manifest".
func controller(t *testing.T, replies ...runner.Reply) (Controller, *runner.Fake) {
	t.Helper()
	root, fake := t.TempDir(), &runner.Fake{Replies: replies}
	require.NoError(t, os.MkdirAll(filepath.Join(root, "deploy", "ingress"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "deploy", "ingress", "traefik.yaml"), []byte("the manifest"), 0o644))
	return Controller{Kubectl: kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}, Root: root,
		Reach: func(context.Context) (string, error) { return "127.0.0.1:80", nil }}, fake
}

func TestEnsureAppliesWaitsAndAsks(t *testing.T) {
	t.Parallel()
	c, fake := controller(t)
	note, err := c.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Traefik serves class nginx at 127.0.0.1:80", note)
	assert.Equal(t, []runner.Call{{Line: apply, Stdin: "the manifest"}, {Line: rollout}}, fake.Calls())
	assert.Equal(t, "n", c.Kubectl.Namespace, "the app's own namespace stays")
}

func TestEnsureTellsWhatFailed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  []string
	}{
		"the manifest is refused":   {runner.Reply{Prefix: apply, Fails: "forbidden"}, []string{"applying ", "traefik.yaml: ", "forbidden"}},
		"the pod does not get well": {runner.Reply{Prefix: rollout, Fails: "timed out"}, []string{"waiting for the ingress controller", "kubectl --context kind-x -n ingress-traefik describe pods", "timed out"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := controller(t, tt.reply)
			_, err := c.Ensure(t.Context())
			require.Error(t, err)
			for _, says := range tt.says {
				assert.ErrorContains(t, err, says)
			}
		})
	}
}

func TestControllerThatCannotBeReachedIsTold(t *testing.T) {
	t.Parallel()
	c, _ := controller(t)
	c.Reach = func(context.Context) (string, error) { return "", errors.New("nothing answers") }
	_, err := c.Ensure(t.Context())
	assert.EqualError(t, err, "reaching the ingress controller, whose pod is ready: nothing answers")
}

func TestMissingManifestIsNamed(t *testing.T) {
	t.Parallel()
	_, err := Controller{Root: t.TempDir()}.Ensure(t.Context())
	assert.ErrorContains(t, err, "reading the ingress controller's manifest: ")
}

func TestManifestHasWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", "ingress", "traefik.yaml"))
	require.NoError(t, err)
	documents := strings.Split(string(text), "\n---\n")
	has := func(parts ...string) bool {
		for _, document := range documents {
			all := true
			for _, part := range parts {
				all = all && strings.Contains(document, part)
			}
			if all {
				return true
			}
		}
		return false
	}
	assert.True(t, has("kind: Namespace", "name: "+namespace))
	assert.True(t, has("kind: Deployment", "name: traefik", "namespace: "+namespace, "image: docker.io/library/"+Image), "the image that is loaded into the node is the one that runs")
	assert.True(t, has("kind: IngressClass", "name: nginx", "controller: traefik.io/ingress-controller"))
}
