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

// service is a Service as it is, or would be; change replaces parts of it.
func service(selects string, change ...string) string {
	return strings.NewReplacer(change...).Replace(`{"kind":"Service","metadata":{"name":"todo-app-backend",
		"uid":"u","resourceVersion":"12","generation":3,"managedFields":[{"manager":"helm"}],"labels":{"a":"b"}},
		"spec":{"selector":{"component":"` + selects + `"},"ports":[{"name":"http","port":8000}]},"status":{}}`)
}

func workload(replicas, image, manager string) string {
	return `{"kind":"Deployment","metadata":{"name":"todo-app-backend","resourceVersion":"` + replicas + `",
		"managedFields":[{"manager":"` + manager + `","subresource":"scale"}]},"spec":{"replicas":` + replicas + `,
		"template":{"spec":{"containers":[{"name":"backend","image":"` + image + `"}]}}},"status":{"replicas":1}}`
}

func liveKey(value string) string {
	return `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"todo-app-postgres"},"data":{"POSTGRES_PASSWORD":"` + value + `"}}`
}

// deployed is a release that helm has installed.
var deployed = func() (s Status) { s.Info.Status, s.Manifest = "deployed", "kind: Service"; return s }()

func TestWhatSomebodyChangedIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wanted, live string
		differences  []string
	}{
		"nothing":               {service("backend"), service("backend"), nil},
		"the number of pods":    {workload("1", "b:1", "helm"), workload("0", "b:1", "kubectl"), []string{"deployment/todo-app-backend: spec.replicas is 0, but should be 1"}},
		"an autoscaler's pods":  {workload("1", "b:1", "helm"), workload("3", "b:1", "kube-controller-manager"), nil},
		"an image":              {workload("1", "b:1", "helm"), workload("1", "nope", "helm"), []string{"deployment/todo-app-backend: spec.template.spec.containers[backend].image is nope, but should be b:1"}},
		"a selector":            {service("backend"), service("other"), []string{"service/todo-app-backend: spec.selector.component is other, but should be backend"}},
		"a selector with more":  {service("backend"), service("backend", `"selector":{`, `"selector":{"x":"y",`), []string{"service/todo-app-backend: spec.selector.x is y, but should not be set"}},
		"a port more":           {service("backend"), service("backend", `8000}`, `8000},{"port":1}`), []string{"service/todo-app-backend: spec.ports is another"}},
		"a label":               {service("backend"), service("backend", `"a":"b"`, ``), []string{"service/todo-app-backend: metadata.labels.a is not set, but should be b"}},
		"an object":             {service("backend"), workload("1", "b:1", "helm"), []string{"service/todo-app-backend is gone"}},
		"a Secret":              {liveKey("aHVudGVyMg=="), liveKey("b3RoZXI="), []string{"secret/todo-app-postgres: data.POSTGRES_PASSWORD is another"}},
		"what the cluster sets": {service("backend"), service("backend", `"generation":3`, `"generation":4`, `"12"`, `"13"`, `"status":{}`, `"status":{"x":1}`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := releaseOf(t, runner.Reply{Prefix: dryRun, Output: objectList(tt.wanted)},
				runner.Reply{Prefix: live, Output: objectList(tt.live)})
			found := r.compare(t.Context(), deployed)
			require.NoError(t, found.unknown)
			assert.Equal(t, tt.differences, found.differences)
		})
	}
}

func TestWhatSomebodyChangedIsToldAndSetBackInTheSameRun(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t)
	same := mark(t, r)
	r, fake := releaseOf(t, in("deployed", 4, same, 0),
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

func TestNoSecretIsInTheErrorOfAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	r, _ := releaseOf(t, runner.Reply{Prefix: live, Output: `{"items":[{"data":{"P":"aHVudGVyMg=="`})
	err := r.compare(t.Context(), deployed).unknown
	require.ErrorContains(t, err, "reading the release's objects: ")
	assert.NotContains(t, err.Error(), "aHVudGVyMg")
}
