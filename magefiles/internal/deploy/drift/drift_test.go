package drift

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

const (
	manifest = "kind: Service"
	dryRun   = "kubectl --context kind-x --namespace n --request-timeout 20s apply --server-side --force-conflicts " +
		"--field-manager todo-app -f - --dry-run=server --validate=false -o json"
)

// of compares live with the manifest, of which the API server says that it makes wanted. It returns how often that was
// asked, too.
func of(t *testing.T, kept inputs.Store, manifest, wanted, live string) (found Drift, asked int) {
	t.Helper()
	fake := runner.NewFake(t, runner.Reply{Prefix: dryRun, Output: wanted})
	require.NoError(t, report.Plain(io.Discard).Run(t.Context(), "x", func(ctx context.Context) (string, error) {
		found = Of(ctx, kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}, kept, manifest, live)
		return "", nil
	}))
	for _, call := range fake.Calls() {
		assert.Equal(t, manifest, call.Stdin)
	}
	return found, len(fake.Calls())
}

func list(objects ...string) string {
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

func secret(value, version string) string {
	return `{"kind":"Secret","metadata":{"name":"todo-app-postgres","resourceVersion":"` + version + `","annotations":{
		"applied":"` + value + `"}},"data":{"POSTGRES_PASSWORD":"` + value + `"}}`
}

// counted is the Service whose state and whose numbers, which the cluster sets, are others.
var counted = service("backend", `"generation":3`, `"generation":4`, `"12"`, `"13"`, `"status":{}`, `"status":{"x":1}`)

func TestWhatSomebodyChangedIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wanted, live string
		differences  []string
	}{
		"nothing": {service("backend"), service("backend"), nil},
		"the number of pods": {workload("1", "b:1", "helm"), workload("0", "b:1", "kubectl"), []string{
			"deployment/todo-app-backend: spec.replicas is 0, but should be 1"}},
		"an autoscaler's pods": {workload("1", "b:1", "helm"), workload("3", "b:1", "kube-controller-manager"), nil},
		"an image": {workload("1", "b:1", "helm"), workload("1", "nope", "helm"), []string{
			"deployment/todo-app-backend: spec.template.spec.containers[backend].image is nope, but should be b:1"}},
		"a selector": {service("backend"), service("other"), []string{
			"service/todo-app-backend: spec.selector.component is other, but should be backend"}},
		"a selector with more": {service("backend"), service("backend", `"selector":{`, `"selector":{"x":"y",`), []string{
			"service/todo-app-backend: spec.selector.x is y, but should not be set"}},
		"a port more": {service("backend"), service("backend", `8000}`, `8000},{"port":1}`), []string{
			"service/todo-app-backend: spec.ports is another"}},
		"a label": {service("backend"), service("backend", `"a":"b"`, ``), []string{
			"service/todo-app-backend: metadata.labels.a is not set, but should be b"}},
		"an object": {service("backend"), workload("1", "b:1", "helm"), []string{"service/todo-app-backend is gone"}},
		"a Secret": {secret("aHVudGVyMg==", "1"), secret("b3RoZXI=", "1"), []string{
			"secret/todo-app-postgres: data.POSTGRES_PASSWORD is another",
			"secret/todo-app-postgres: metadata.annotations.applied is another"}},
		"what the cluster sets": {service("backend"), counted, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, _ := of(t, inputs.Store{}, manifest, list(tt.wanted), list(tt.live))
			require.NoError(t, found.Unknown)
			assert.Equal(t, tt.differences, found.Differences)
			assert.Equal(t, len(tt.differences) == 0, found.None())
		})
	}
}

func TestTheClusterIsAskedAgainOnlyWhenSomethingIsAnother(t *testing.T) {
	t.Parallel()
	password := secret("aHVudGVyMg==", "1")
	right := list(service("backend"), password)
	for name, tt := range map[string]struct {
		manifest, live string
		asked          int
	}{
		"nothing":               {manifest, right, 0},
		"what the cluster sets": {manifest, list(counted, password), 0},
		"the order":             {manifest, list(password, service("backend")), 0},
		"the manifest":          {manifest + "\nmetadata: {}", right, 1},
		"a field":               {manifest, list(service("other"), password), 1},
		"a field more":          {manifest, list(service("backend", `"labels":{`, `"labels":{"x":"y",`), password), 1},
		"a Secret":              {manifest, list(service("backend"), secret("b3RoZXI=", "2")), 1},
		"an object less":        {manifest, list(service("backend")), 1},
		"an object more":        {manifest, list(service("backend"), password, workload("1", "b:1", "helm")), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := inputs.Store{Folder: t.TempDir()}
			found, asked := of(t, kept, manifest, right, right)
			require.True(t, found.None())
			require.Equal(t, 1, asked, "it was not known before")
			_, asked = of(t, kept, tt.manifest, right, tt.live)
			assert.Equal(t, tt.asked, asked)
		})
	}
}

func TestWhatIsNotAsItShouldBeIsAskedAboutEachTime(t *testing.T) {
	t.Parallel()
	kept := inputs.Store{Folder: t.TempDir()}
	for range 2 {
		found, asked := of(t, kept, manifest, list(service("backend")), list(service("other")))
		assert.Len(t, found.Differences, 1)
		assert.Equal(t, 1, asked)
		found, _ = of(t, kept, manifest, "no JSON", list(service("other")))
		assert.Error(t, found.Unknown)
	}
}

func TestWhatIsKeptTellsNothingOfASecret(t *testing.T) {
	t.Parallel()
	text := func(value string) string {
		folder := t.TempDir()
		of(t, inputs.Store{Folder: folder}, manifest, list(secret(value, "1")), list(secret(value, "1")))
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(t, err)
		require.Len(t, files, 1)
		text, err := os.ReadFile(files[0])
		require.NoError(t, err)
		return string(text)
	}
	assert.Equal(t, text("aHVudGVyMg=="), text("b3RoZXI="))
}

func TestNoSecretIsInTheErrorOfAListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	found, _ := of(t, inputs.Store{}, manifest, "", `{"items":[{"data":{"P":"aHVudGVyMg=="`)
	require.ErrorContains(t, found.Unknown, "reading the live objects: ")
	assert.NotContains(t, found.Unknown.Error(), "aHVudGVyMg")
}
