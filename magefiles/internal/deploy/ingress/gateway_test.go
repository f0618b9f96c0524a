package ingress

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	crd         = gatewayClasses
	crdThere    = onCluster + "get " + crd + " --ignore-not-found -o name"
	crdCall     = onCluster + "get " + crd + " --ignore-not-found --show-managed-fields -o json"
	download    = "go mod download -modfile=tools/traefik/go.mod -json sigs.k8s.io/gateway-api"
	define      = onCluster + "apply --server-side --force-conflicts --field-manager todo-app -f -"
	established = "kubectl --context kind-x --namespace n wait --for condition=Established -f - --timeout 1m"
	lookClass   = inTraefik + "get " + names +
		"gatewayclass/ingress-traefik gateways.gateway.networking.k8s.io/traefik --ignore-not-found --show-managed-fields -o json"
)

// defined answers with a definition of the Gateway API that somebody made.
func defined(by string) runner.Reply {
	return runner.Reply{Prefix: crdCall, Output: `{"kind":"CustomResourceDefinition","metadata":{"managedFields":` +
		`[{"manager":"` + by + `","operation":"Apply"}]}}`}
}

// gateway is a controller that serves the Gateway API, whose Go module has two definitions.
func gateway(t *testing.T, replies ...runner.Reply) (Traefik, *runner.Fake, string) {
	t.Helper()
	module := t.TempDir()
	testkit.WriteFiles(t, module, map[string]string{
		"config/crd/standard/a.yaml": "kind: A", "config/crd/standard/b.yaml": "kind: B",
		"config/crd/experimental/c.yaml": "kind: C",
	})
	c, fake := controller(t, append(replies,
		runner.Reply{Prefix: download, Output: fmt.Sprintf(`{"Dir":%q}`, module)},
		runner.Reply{Prefix: "kubectl kustomize ", Output: "the manifest with a Gateway"})...)
	c.Gateway = true
	fake.Allow(crdThere, crdCall, lookCall, lookClass, define, established, apply, rollout)
	return c, fake, "kubectl kustomize " + filepath.Join(c.Root, "deploy", "gateway")
}

func TestTheGatewayAPIIsDefinedBeforeTraefikServesIt(t *testing.T) {
	t.Parallel()
	for name, there := range map[string][]runner.Reply{
		"in a new cluster":                  nil,
		"again, of this or another version": {defined("todo-app"), {Prefix: crdThere, Output: crd}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, fake, kustomize := gateway(t, there...)
			note, err := c.Ensure(t.Context())
			require.NoError(t, err)
			assert.Equal(t, "Traefik serves the Gateway API", note)
			assert.True(t, c.Guards(), "an HTTPRoute can be applied only then")
			look := lookCall
			if there != nil {
				look = lookClass
			}
			unwatched := slices.DeleteFunc(fake.Calls(), func(c runner.Call) bool { return c.Line == watch })
			assert.Equal(t, []runner.Call{
				{Line: crdThere}, {Line: look}, {Line: kustomize}, {Line: crdCall}, {Line: download},
				{Line: define, Stdin: "kind: A\n---\nkind: B"}, {Line: established, Stdin: "kind: A\n---\nkind: B"},
				{Line: apply, Stdin: "the manifest with a Gateway"}, {Line: rollout},
			}, unwatched)
		})
	}
}

func TestSomebodyElsesGatewayAPIStaysAsItIs(t *testing.T) {
	t.Parallel()
	c, fake, _ := gateway(t, defined("helm"))
	_, err := c.Ensure(t.Context())
	require.NoError(t, err)
	assert.NotContains(t, fake.Lines(), define)
	assert.Contains(t, fake.Lines(), apply)
}

func TestAGatewayThatCannotBeServedIsExplained(t *testing.T) {
	t.Parallel()
	empty := fmt.Sprintf(`{"Dir":%q}`, t.TempDir())
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  []string
	}{
		"the manifest cannot be read": {runner.Reply{Prefix: "kubectl kustomize ", Fails: "no such file"},
			[]string{"reading the ingress controller's manifest in ", "no such file"}},
		"the module is not to be had": {runner.Reply{Prefix: download, Fails: "no such host"},
			[]string{"getting the definitions of the Gateway API: ", "no such host"}},
		"the module is damaged": {runner.Reply{Prefix: download, Output: empty},
			[]string{"has none; `go clean -modcache`"}},
		"the cluster refuses them": {runner.Reply{Prefix: define, Fails: "forbidden"},
			[]string{"defining the Gateway API: ", "forbidden"}},
		"the cluster does not take them in": {runner.Reply{Prefix: established, Fails: "timed out"},
			[]string{"waiting until the cluster knows the Gateway API: ", "timed out"}},
		"the cluster does not say what it knows": {runner.Reply{Prefix: crdThere, Fails: "forbidden"},
			[]string{"looking for an ingress controller: ", "forbidden"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _, _ := gateway(t, tt.reply)
			_, err := c.Ensure(t.Context())
			testkit.ErrorSays(t, err, tt.says...)
		})
	}
}

func TestTheGatewayGoesWithTraefikUnlessARouteUsesIt(t *testing.T) {
	t.Parallel()
	class := `{"kind":"GatewayClass","metadata":{"name":"ingress-traefik","labels":{"todo-app/made":"deploy"}}}`
	routes := onCluster + "get httproutes --all-namespaces"
	c, fake, _ := gateway(t, runner.Reply{Prefix: crdThere, Output: crd},
		runner.Reply{Prefix: lookClass, Output: `{"kind":"List","items":[` + class + `]}`},
		runner.Reply{Prefix: routes, Output: "shop/web ", Times: 1})
	remove := onCluster + "delete --ignore-not-found --wait=false gatewayclass/ingress-traefik"
	fake.Allow(onCluster+"get ingresses --all-namespaces", routes, remove)
	note, err := c.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "; Traefik stays for shop/web", note)
	note, err = c.Remove(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "; removed Traefik", note)
	assert.Equal(t, 1, strings.Count(strings.Join(fake.Lines(), "\n"), remove))
}
