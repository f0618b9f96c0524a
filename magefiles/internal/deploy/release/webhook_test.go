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

func TestAWebhookThatRefusesConnectionsIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: refused, Times: 2})
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
		"one that is slow": strings.Replace(refused, "connect: connection refused", "context deadline exceeded", 1),
		"another program":  "Error: Get \"https://192.168.49.2:8443/version\": dial tcp: connect: connection refused",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: text})
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
		r, fake := releaseOf(t, absent, revisions("failed"), runner.Reply{Prefix: upgrade, Fails: refused})
		fake.Allow(uninstall, unsecret)
		_, err := r.Install(t.Context(), settings)
		require.ErrorContains(t, err, "installing the chart: ")
		assert.ErrorContains(t, err, "failed calling webhook")
	})
}
