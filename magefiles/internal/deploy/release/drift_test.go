package release

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

func objectList(objects ...string) string {
	return `{"kind":"List","items":[` + strings.Join(objects, ",") + `]}`
}

func workload(replicas, image, manager string) string {
	return `{"kind":"Deployment","metadata":{"name":"todo-app-backend","resourceVersion":"` + replicas + `",
		"managedFields":[{"manager":"` + manager + `","subresource":"scale"}]},"spec":{"replicas":` + replicas + `,
		"template":{"spec":{"containers":[{"name":"backend","image":"` + image + `"}]}}},"status":{"replicas":1}}`
}

func liveKey(value string) string {
	return `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"todo-app-postgres"},"data":{"POSTGRES_PASSWORD":"` + value + `"}}`
}

func TestWhatSomebodyChangedIsToldAndSetBackInTheSameRun(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	same := mark(t, r)
	r, fake := releaseOf(t, in(t, "deployed", 4, same, 0),
		runner.Reply{Prefix: dryRun, Output: objectList(workload("1", "b:1", "helm"), liveKey("aHVudGVyMg=="))},
		runner.Reply{Prefix: live, Output: objectList(workload("0", "b:1", "kubectl"), liveKey("b3RoZXI="))})
	var out bytes.Buffer
	require.NoError(t, report.Plain(&out).Run(t.Context(), "install", func(ctx context.Context) (string, error) {
		return r.Install(ctx, settings)
	}))
	assert.Contains(t, out.String(), "deployment/todo-app-backend: spec.replicas is 0, but should be 1")
	assert.Contains(t, out.String(), "revision 5, every pod ready")
	setBack, upgraded := -1, -1
	for i, call := range fake.Calls() {
		if strings.Contains(call.Stdin, "todo-app-postgres") {
			setBack = i
			assert.JSONEq(t, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"todo-app-postgres"},
				"data":{"POSTGRES_PASSWORD":"aHVudGVyMg=="}}`, call.Stdin)
		}
		if strings.HasPrefix(call.Line, "helm upgrade") {
			upgraded = i
		}
		assert.NotContains(t, call.Line, "aHVudGVyMg")
	}
	assert.Greater(t, setBack, 0)
	assert.Greater(t, upgraded, setBack, "the chart looks the password up")
	for _, secret := range []string{"hunter2", "aHVudGVyMg", "b3RoZXI"} {
		assert.NotContains(t, out.String(), secret)
	}
}
