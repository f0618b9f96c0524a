package ingress

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	onCluster = "kubectl --context kind-x --namespace n --request-timeout 20s "
	inTraefik = "kubectl --context kind-x --namespace ingress-traefik --request-timeout 20s "
	names     = "namespace/ingress-traefik clusterrole/ingress-traefik clusterrolebinding/ingress-traefik " +
		"ingressclass/nginx serviceaccount/traefik configmap/traefik deployment/traefik "
	lookCall  = inTraefik + "get " + names + "--ignore-not-found --show-managed-fields -o json"
	classCall = onCluster + "get ingressclass nginx --ignore-not-found -o jsonpath={.spec.controller}"
	apply     = inTraefik + "apply --server-side --force-conflicts --field-manager todo-app -f - -o json"
	dryRun    = inTraefik + "apply --server-side --force-conflicts --field-manager todo-app -f - " +
		"--dry-run=server --validate=false -o json"
	watch = inTraefik + "get -o json " +
		"pods,replicasets,statefulsets,persistentvolumeclaims --selector app.kubernetes.io/name=traefik"
	rollout = "kubectl --context kind-x --namespace ingress-traefik rollout status deployment/traefik --timeout 3m"
)

// controller is one that answers at 127.0.0.1:80, in a repository whose manifest is "the manifest".
func controller(t *testing.T, replies ...runner.Reply) (Traefik, *runner.Fake) {
	t.Helper()
	root, fake := t.TempDir(), runner.NewFake(t, append(replies, runner.Reply{Prefix: watch, Output: `{"items":[]}`})...)
	testkit.WriteFiles(t, root, map[string]string{"deploy/ingress/traefik.yaml": "the manifest"})
	return Traefik{Kubectl: kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}, Root: root}, fake
}

func TestEnsureAppliesWaitsAndAsks(t *testing.T) {
	t.Parallel()
	c, fake := controller(t)
	fake.Allow(lookCall, apply, rollout)
	note, err := c.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Traefik serves class nginx", note)
	notWatched := slices.DeleteFunc(fake.Calls(), func(c runner.Call) bool { return c.Line == watch })
	assert.Equal(t, []runner.Call{{Line: lookCall}, {Line: apply, Stdin: "the manifest"}, {Line: rollout}}, notWatched)
	assert.Equal(t, "n", c.Kubectl.Namespace, "the app's own namespace stays")
}

func TestEnsureTellsWhatFailed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  []string
	}{
		"the manifest is refused": {runner.Reply{Prefix: apply, Fails: "forbidden"},
			[]string{"applying the ingress controller's manifest: ", "forbidden"}},
		"another controller is there": {runner.Reply{Prefix: lookCall,
			Output: `{"kind":"IngressClass","metadata":{"name":"nginx"},"spec":{"controller":"k8s.io/ingress-nginx"}}`},
			[]string{"setting up Traefik: k8s.io/ingress-nginx serves class nginx already", "port 80",
				"TODO_INGRESS=nginx"}},
		"the classes cannot be listed": {runner.Reply{Prefix: lookCall, Fails: "forbidden"},
			[]string{"looking for an ingress controller: ", "forbidden"}},
		"the pod does not get well": {runner.Reply{Prefix: rollout, Fails: "timed out"},
			[]string{"waiting for the ingress controller", "kubectl --context kind-x -n ingress-traefik describe pods",
				"timed out"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, fake := controller(t, tt.reply)
			fake.Allow(lookCall, apply, rollout)
			_, err := c.Ensure(t.Context())
			testkit.ErrorSays(t, err, tt.says...)
		})
	}
}

func TestTheControllerOfAnotherClusterIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: classCall, Output: "k8s.io/ingress-nginx", Times: 1}).Allow(classCall)
	c := Existing{kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}}
	note, err := c.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "k8s.io/ingress-nginx serves class nginx", note)
	_, err = c.Ensure(t.Context())
	assert.ErrorContains(t, err,
		`the cluster of the kube context "kind-x" has none; install ingress-nginx there, or leave TODO_INGRESS unset`)
}

func TestAControllerThatServesIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	const well = `"observedGeneration":2,"replicas":1,"updatedReplicas":1,"availableReplicas":1`
	for name, tt := range map[string]struct {
		status string
		waits  bool
	}{
		"with a pod that is ready":           {well, false},
		"with one that is not":               {strings.Replace(well, `"availableReplicas":1`, `"availableReplicas":0`, 1), true},
		"with one of the revision before":    {strings.Replace(well, `"updatedReplicas":1`, `"updatedReplicas":0`, 1), true},
		"with one more of that":              {strings.Replace(well, `"replicas":1`, `"replicas":2`, 1), true},
		"whose change has not been seen yet": {strings.Replace(well, `"observedGeneration":2`, `"observedGeneration":1`, 1), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, fake := controller(t, runner.Reply{Prefix: apply, Output: `{"kind":"List","items":[{"kind":"Namespace"},
				{"kind":"Deployment","metadata":{"generation":2},"spec":{"replicas":1},"status":{` + tt.status + `}}]}`})
			fake.Allow(lookCall, rollout)
			_, err := c.Ensure(t.Context())
			require.NoError(t, err)
			if !tt.waits {
				assert.Equal(t, []string{lookCall, apply}, fake.Lines())
			}
			assert.Equal(t, tt.waits, slices.Contains(fake.Lines(), rollout))
		})
	}
}

func TestAControllerIsAppliedAgainOnlyWhereItIsNotAsDescribed(t *testing.T) {
	t.Parallel()
	objects := func(image string, ready int) string {
		return fmt.Sprintf(`{"kind":"List","items":[{"kind":"ConfigMap","metadata":{"name":"traefik",
			"labels":{"todo-app/made":"deploy"}},"data":{"dynamic.yaml":"http:"}},{"kind":"Deployment","metadata":{"name":"traefik","generation":2,
			"labels":{"todo-app/made":"deploy"}},"spec":{"replicas":1,"image":%q},"status":{"observedGeneration":2,
			"replicas":1,"updatedReplicas":1,"availableReplicas":%d}}]}`, image, ready)
	}
	there := func(image string, ready int) runner.Reply {
		return runner.Reply{Prefix: lookCall, Output: objects(image, ready), Times: 1}
	}
	right := runner.Reply{Prefix: dryRun, Output: objects("traefik:1", 1)}
	c, fake := controller(t, there("traefik:1", 1), there("traefik:1", 1), there("traefik:1", 0), there("other", 1),
		there("traefik:1", 1), right, runner.Reply{Prefix: apply, Output: objects("traefik:1", 1)})
	fake.Allow(rollout)
	c.Kept.Folder = t.TempDir()
	var want []string
	for _, then := range [][]string{
		{lookCall, dryRun},        // what is right
		{lookCall},                // is known to be
		{lookCall, rollout},       // and waited for
		{lookCall, dryRun, apply}, // what somebody changed is set back
		{lookCall},
	} {
		_, err := c.Ensure(t.Context())
		require.NoError(t, err)
		want = append(want, then...)
		assert.Equal(t, want, calls(fake))
	}
}

func TestMissingManifestIsNamed(t *testing.T) {
	t.Parallel()
	c, fake := controller(t)
	fake.Allow(lookCall)
	c.Root = t.TempDir()
	_, err := c.Ensure(t.Context())
	assert.ErrorContains(t, err, "reading the ingress controller's manifest: ")
}

func TestManifestHasWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "deploy", "ingress", "traefik.yaml"))
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
	var names []string
	for _, document := range documents {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
		}
		require.NoError(t, yaml.Unmarshal([]byte(document), &o))
		names = append(names, strings.ToLower(o.Kind)+"/"+o.Metadata.Name)
	}
	assert.ElementsMatch(t, names, objects, "one that is not looked at would be applied each time")
	assert.True(t, has("kind: Namespace", "name: "+namespace))
	assert.True(t, has("kind: Deployment", "name: traefik", "namespace: "+namespace, "image: docker.io/library/"+Image),
		"the image that is loaded into the node is the one that runs")
	assert.True(t, has("kind: IngressClass", "name: nginx", "controller: traefik.io/ingress-controller"))
}

// made answers with a ClusterRole and a namespace that somebody made.
func made(by string) runner.Reply {
	one := func(kind, field string) string {
		return `{"kind":"` + kind + `","metadata":{"name":"ingress-traefik","managedFields":[{"manager":"` + by +
			`","operation":"Apply","fieldsV1":{"` + field + `":{}}}]}}`
	}
	items := one("Namespace", "f:metadata") + "," + one("ClusterRole", "f:rules")
	return runner.Reply{Prefix: lookCall, Output: `{"kind":"List","items":[` + items + "]}"}
}

func TestAControllerThatSomebodyElseMadeIsRefused(t *testing.T) {
	t.Parallel()
	c, fake := controller(t, made("helm"))
	_, ensure := c.Ensure(t.Context())
	for _, err := range []error{ensure, c.Check(t.Context())} {
		testkit.ErrorSays(t, err, `the ClusterRole "ingress-traefik"`, "TODO_INGRESS=nginx",
			`the Namespace "ingress-traefik" in the cluster of the kube context "kind-x" was not made by this deployment`)
	}
	note, err := c.Remove(t.Context())
	require.NoError(t, err)
	assert.Empty(t, note)
	assert.Equal(t, []string{lookCall, lookCall, lookCall}, fake.Lines())
}

func TestAControllerOfAnEarlierVersionIsRecognised(t *testing.T) {
	t.Parallel()
	c, fake := controller(t, made("todo-app"))
	fake.Allow(dryRun, apply, rollout)
	_, err := c.Ensure(t.Context())
	require.NoError(t, err)
}

func TestRemoveTakesTheControllerAwayUnlessItIsUsed(t *testing.T) {
	t.Parallel()
	const ingresses = onCluster + "get ingresses"
	const removed = onCluster +
		"delete --ignore-not-found --wait=false namespace/ingress-traefik clusterrole/ingress-traefik"
	c, fake := controller(t, made("todo-app"), runner.Reply{Prefix: ingresses, Output: "shop/web ", Times: 1})
	fake.Allow(ingresses, removed)
	note, err := c.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "; Traefik stays for shop/web", note)
	note, err = c.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "; removed Traefik", note)
	assert.Equal(t, removed, fake.Lines()[len(fake.Lines())-1])
}
