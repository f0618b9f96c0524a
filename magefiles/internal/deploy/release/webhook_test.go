package release

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

// refused is what helm says of an admission webhook that is not there yet.
const refused = `Error: Internal error occurred: failed calling webhook "validate.nginx.ingress.kubernetes.io": ` +
	`failed to call webhook: ` +
	`Post "https://ingress-nginx-controller-admission.ingress-nginx.svc:443/networking/v1/ingresses?timeout=10s": ` +
	`dial tcp 10.96.3.4:443: connect: connection refused`

// endpoints answers which pods the webhook has.
func endpoints(addresses string) runner.Reply {
	return runner.Reply{Prefix: "kubectl --context kind-x --namespace ingress-nginx --request-timeout 20s get endpointslices " +
		"--selector kubernetes.io/service-name=ingress-nginx-controller-admission", Output: addresses}
}

// owners answers who brought the webhook.
var owners = runner.Reply{Prefix: kubectl + "get -o json validatingwebhookconfigurations",
	Output: `{"items":[{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"ingress-nginx-admission"},
		"webhooks":[{"name":"validate.nginx.ingress.kubernetes.io"}]}]}`}

func TestAWebhookThatRefusesConnectionsIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: refused, Times: 2},
			endpoints("[\"10.0.0.1\"]"))
		fake.Allow(uninstall, unsecret)
		note, err := r.Install(t.Context(), settings)
		require.NoError(t, err)
		assert.Equal(t, "revision 1, every pod ready", note)
		lines := strings.Join(fake.Lines(), "\n")
		assert.Equal(t, 3, strings.Count(lines, "helm upgrade"))
		assert.Equal(t, 2, strings.Count(lines, "helm uninstall"), "each failed revision is taken back first")
	})
}

func TestOnlyAWebhookThatRefusesConnectionsIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one that says no": `Error: admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: ` +
			`host "todo.local" and path "/" is already defined`,
		"one of an ingress controller that is gone with its Service": strings.Replace(refused,
			"dial tcp 10.96.3.4:443: connect: connection refused", `service "ingress-nginx-controller-admission" not found`, 1),
		"one that is slow": strings.Replace(refused, "connect: connection refused", "context deadline exceeded", 1),
		"another program":  "Error: Get \"https://192.168.49.2:8443/version\": dial tcp: connect: connection refused",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: text},
				owners)
			fake.Allow(uninstall, unsecret)
			_, err := r.Install(t.Context(), settings)
			require.ErrorContains(t, err, text)
			assert.Equal(t, 1, strings.Count(strings.Join(fake.Lines(), "\n"), "helm upgrade"))
		})
	}
}

func TestAWebhookThatStaysAwayIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: refused},
			endpoints("[\"10.0.0.1\"]"), owners)
		fake.Allow(uninstall, unsecret)
		_, err := r.Install(t.Context(), settings)
		require.ErrorContains(t, err, "installing the chart: ")
		assert.ErrorContains(t, err, "failed calling webhook")
	})
}

func TestAWebhookWithoutPodsIsToldAtOnceWithTheCommandThatRemovesIt(t *testing.T) {
	t.Parallel()
	r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: refused}, endpoints(""),
		owners)
	fake.Allow(uninstall, unsecret)
	_, err := r.Install(t.Context(), settings)
	require.ErrorContains(t, err, "`kubectl --context kind-x delete validatingwebhookconfiguration ingress-nginx-admission`")
	assert.Equal(t, 1, strings.Count(strings.Join(fake.Lines(), "\n"), "helm upgrade"))
}
