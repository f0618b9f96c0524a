package chart_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadValuesAreRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set     string // as --set takes it
		message string // a part of what helm prints
	}{
		"unknown key": {"replicas=2", "additional properties 'replicas' not allowed"},
		"unknown key in a part": {"backend.replicaCount=2",
			"at '/backend': additional properties 'replicaCount' not allowed"},
		"unknown key of an image": {"frontend.image.name=x",
			"at '/frontend/image': additional properties 'name' not allowed"},
		"unknown secret":    {"secrets.password=x", "at '/secrets': additional properties 'password' not allowed"},
		"text for a number": {"backend.replicas=many", "at '/backend/replicas': got string, want integer"},
		"no replicas":       {"frontend.replicas=0", "at '/frontend/replicas': minimum: got 0, want 1"},
		"number for a tag":  {"backend.image.tag=12", "at '/backend/image/tag': got number, want string"},
		"tag with a slash":  {"backend.image.tag=a/b", "at '/backend/image/tag': 'a/b' does not match pattern"},
		"repository with a space": {"backend.image.repository=a b",
			"at '/backend/image/repository': 'a b' does not match pattern"},
		"pull policy": {"postgres.image.pullPolicy=Sometimes",
			"at '/postgres/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'"},
		"text for a switch": {"postgres.enabled=maybe", "at '/postgres/enabled': got string, want boolean"},
		"size without a unit": {"postgres.storage.size=big",
			"at '/postgres/storage/size': 'big' does not match pattern"},
		"memory with a wrong unit": {"backend.resources.limits.memory=1GB",
			"at '/backend/resources/limits/memory': '1GB' does not match pattern"},
		"log level":          {"backend.logLevel=loud", "at '/backend/logLevel': value must be one of"},
		"origin with a path": {"backend.allowedOrigins[0]=https://a.example/b", "at '/backend/allowedOrigins/0'"},
		"host with a port": {"ingress.host=todo.local:80",
			"at '/ingress/host': 'todo.local:80' does not match pattern"},
		"host in capitals": {"ingress.host=Todo.local",
			"at '/ingress/host': 'Todo.local' does not match pattern"},
		"tls as a switch":          {"ingress.tls=true", "at '/ingress/tls': got boolean, want object"},
		"database of another kind": {"secrets.databaseUrl=mysql://db/todo", "at '/secrets/databaseUrl'"},
		"revision as a number": {"secrets.existingSecretRevision=12",
			"at '/secrets/existingSecretRevision': got number, want string"},
		"port out of range": {"networkPolicy.backendEgressPorts[0]=70000",
			"at '/networkPolicy/backendEgressPorts/0': maximum: got 70,000, want 65,535"},
		"peer of an unknown kind": {"networkPolicy.ingressFrom[0].service=x",
			"at '/networkPolicy/ingressFrom/0': additional properties 'service' not allowed"},
		"no database": {"postgres.enabled=false",
			"There is no database: postgres.enabled is false and no URL is given."},
		"direct URL alone": {"secrets.directDatabaseUrl=postgres://db/todo",
			"secrets.directDatabaseUrl is the way past a pooler to the database " +
				"in secrets.databaseUrl, which is empty"},
		"two sources of one Secret": {"secrets.existingSecret=mine,secrets.openaiApiKey=x",
			`secrets.existingSecret is "mine", so the Secret of that name is used as it is, ` +
				`and OPENAI_API_KEY cannot be added to it`},
		"no pods at the least":    {"backend.autoscaling.minReplicas=0", "at '/backend/autoscaling/minReplicas': minimum"},
		"a share as a CPU":        {"frontend.autoscaling.cpu=80%", "at '/frontend/autoscaling/cpu': '80%' does not match"},
		"variable without a name": {"backend.extraEnv[0].value=x", "at '/backend/extraEnv/0': missing property 'name'"},
		"number for a variable":   {"frontend.extraEnv[0].name=A,frontend.extraEnv[0].value=1", "/value': got number"},
		"route without a Gateway": {"httpRoute.enabled=true", "at '/httpRoute/parentRefs': minItems: got 0, want 1"},
		"Gateway without a name":  {"httpRoute.parentRefs[0].namespace=x", "missing property 'name'"},
		"host of a route":         {"httpRoute.host=todo.local:80", "at '/httpRoute/host': 'todo.local:80' does not"},
		"label of the chart's own": {`backend.podLabels.app\.kubernetes\.io/name=x`,
			"invalid propertyName 'app.kubernetes.io/name'"},
		"number for an annotation":     {"postgres.podAnnotations.a=1", "at '/postgres/podAnnotations/a': got number"},
		"unknown kind of affinity":     {"postgres.affinity.near.a=b", "at '/postgres/affinity': additional properties 'near'"},
		"labels of the ServiceMonitor": {"serviceMonitor.labels.release=a b", "at '/serviceMonitor/labels/release': 'a b'"},
		"interval without a unit":      {"serviceMonitor.interval=30", "at '/serviceMonitor/interval': got number"},
		"who may read the metrics":     {"networkPolicy.metricsFrom[0].pods=x", "at '/networkPolicy/metricsFrom/0'"},
		"tls without a host":           {"ingress.host=,ingress.tls.enabled=true", "ingress.tls.enabled needs ingress.host"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, diagnostics, err := template(t, "--set="+test.set)
			require.Error(t, err, "%s was accepted", test.set)
			assert.Contains(t, diagnostics, test.message)
		})
	}
}

func TestAParentChartMaySetGlobals(t *testing.T) {
	t.Parallel()
	_, diagnostics, err := template(t, "--set=global.anything=x")
	assert.NoError(t, err, diagnostics)
}

func TestNeonsValuesNameASecretAndHoldNone(t *testing.T) {
	t.Parallel()
	file := variants(t)["neon"]
	all := render(t, "--values="+file)
	for _, kind := range []string{"StatefulSet", "Service", "Secret", "NetworkPolicy"} {
		assert.Nil(t, all.find(kind, "todo-app-postgres"), kind)
	}
	env := all.pod(t, "todo-app-backend").Spec.Containers[0].env()
	assert.Equal(t, "todo-app-neon/DATABASE_URL", env["DATABASE_URL"])
	assert.Equal(t, "todo-app-neon/DIRECT_DATABASE_URL?", env["DIRECT_DATABASE_URL"], "migrations go past the pooler")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "--from-literal", "an argument is seen by every user of the machine")
	assert.Contains(t, string(text), "create secret generic todo-app-neon --from-env-file=")
}
