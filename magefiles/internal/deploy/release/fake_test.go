package release

import (
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	onCluster = " --kube-context kind-x --namespace n"
	kubectl   = "kubectl --context kind-x --namespace n --request-timeout 20s "
	apply     = kubectl + "apply --server-side --force-conflicts --field-manager todo-app -f - -o json"
	lookCall  = kubectl + "get namespace/n secret/todo-app-settings statefulset/todo-app-postgres --ignore-not-found " +
		"--show-managed-fields -o json"
	status    = kubectl + "get -o json secrets --selector owner=helm,name=todo-app"
	history   = "helm history todo-app --output json" + onCluster
	uninstall = "helm uninstall todo-app --ignore-not-found --wait --timeout 2m" + onCluster
	unsecret  = kubectl + "delete secret todo-app-settings --ignore-not-found"
	live      = kubectl + "get -f - -o json --ignore-not-found --show-managed-fields"
	dryRun    = kubectl + "apply --server-side --force-conflicts --field-manager todo-app -f - --dry-run=server"
	workloads = kubectl + "get -o json deployments,statefulsets --selector app.kubernetes.io/instance=todo-app"
	getPods   = kubectl + "get -o json pods,replicasets,statefulsets,persistentvolumeclaims --selector app.kubernetes.io/instance=todo-app"
	getSecret = kubectl + "get secret todo-app-settings"
	events    = kubectl + "get events"
	logs      = kubectl + "logs todo-app-backend-5d"
	upgrade   = "helm upgrade --install todo-app "
	rollback  = "helm rollback todo-app "
	password  = "hunter2"
)

// settings deploys to an external database, so that there is a password to lose.
var settings = Settings{
	Images: images.Set{Backend: "todo-backend:b1", Frontend: "todo-frontend:f1"}, Host: "todo.local",
	Secrets: map[string]string{"DATABASE_URL": "postgresql://u:" + password + "@db.example.com/todo"},
}

// releaseOf is a release whose cluster answers as replies say, and where any other step of an install goes well:
// nothing answers what undoes one. The Secret's resourceVersion is 7, and there is no Postgres of the chart's own.
func releaseOf(t *testing.T, replies ...runner.Reply) (Release, *runner.Fake) {
	t.Helper()
	root := t.TempDir()
	writeChart(t, root, "Chart.yaml", "name: todo-app\n")
	writeChart(t, root, "templates/backend.yaml", "kind: Deployment\n")
	fake := runner.NewFake(t, append(replies,
		runner.Reply{Prefix: apply, Output: `{"metadata":{"name":"todo-app-settings","resourceVersion":"7"}}`},
		runner.Reply{Prefix: getSecret, Output: liveSecret("postgresql://u:" + password + "@db.example.com/todo")},
		runner.Reply{Prefix: workloads, Output: workloadList(1)},
		runner.Reply{Prefix: "helm template", Output: "spec: {template: {spec: {containers: [{name: backend}]}}}"},
		runner.Reply{Prefix: getPods, Output: `{"items":[]}`})...)
	fake.Allow(kubectl+"get pods,", kubectl+"get events --sort-by", kubectl+"logs --selector") // for a report
	fake.Allow(lookCall, upgrade, live, dryRun, waitTrial, clearTrial)
	k := kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}
	return Release{Runner: fake, Kubectl: k, Root: root}, fake
}

func writeChart(t *testing.T, root, name, text string) {
	t.Helper()
	testkit.WriteFiles(t, filepath.Join(root, "deploy", "helm", "todo-app"), map[string]string{name: text})
}

// in answers as a cluster where helm keeps a revision in a state, for times calls (0 for all).
func in(t *testing.T, state string, revision int, description string, times int) runner.Reply {
	return runner.Reply{Prefix: status, Times: times,
		Output: testkit.HelmKeeps(t, map[int]string{revision: fmt.Sprintf(
			`{"name":"todo-app","manifest":"labels: {helm.sh/chart: todo-app-0.1.0}","info":{"status":%q,"description":%q,"notes":"…"},"version":%d,"namespace":"n"}`, state,
			description, revision)})}
}

var absent = runner.Reply{Prefix: status, Output: `{"items":[]}`}

// revisions answers `helm history` with the given states, from revision 1 on.
func revisions(states ...string) runner.Reply {
	var list []string
	for i, state := range states {
		list = append(list, fmt.Sprintf(
			`{"revision":%d,"updated":"2026-01-01T00:00:00Z","status":%q,"chart":"todo-app-0.1.0"}`, i+1, state))
	}
	return runner.Reply{Prefix: "helm history", Output: "[" + strings.Join(list, ",") + "]"}
}

// liveSecret is the Secret of a release that uses the database at url.
func liveSecret(url string) string {
	return `{"data":{"DATABASE_URL":"` + base64.StdEncoding.EncodeToString([]byte(url)) + `"}}`
}

// workloadList is a Deployment of one replica, of which ready are.
func workloadList(ready int) string {
	return fmt.Sprintf(`{"items":[{"metadata":{"name":"todo-app-backend","generation":2},
		"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"backend","image":"todo-backend:b1"}]}}},
		"status":{"observedGeneration":2,"replicas":1,"updatedReplicas":1,"readyReplicas":%d}}]}`, ready)
}

// mark is the description of a revision that releaseOf's chart and settings give.
func mark(t *testing.T, r Release) string {
	t.Helper()
	values, err := r.prepare(t.Context(), settings, nil)
	require.NoError(t, err)
	text, err := fingerprint(r.chart(), values)
	require.NoError(t, err)
	return text
}

// inOrder has the two calls of each look, which are made at once, in one order.
func inOrder(lines []string) []string {
	for i := range lines[:max(0, len(lines)-1)] {
		if lines[i] == lookCall && lines[i+1] == status {
			lines[i], lines[i+1] = status, lookCall
		}
	}
	return lines
}

// verbs are the calls of fake in short: program and verb, and what follows a few of them.
func verbs(fake *runner.Fake) []string {
	var short []string
	for _, line := range inOrder(fake.Lines()) {
		line = strings.TrimPrefix(strings.ReplaceAll(line, onCluster, ""), kubectl)
		line = strings.Replace(line, "get -o json secrets", "get secrets", 1)
		if strings.Contains(line, "get -o json pods") { // the watch looks at its own pace
			continue
		}
		if strings.Contains(line, "-f - --dry-run") ||
			strings.HasPrefix(line, "get -f -") { // the comparison runs beside the Secret's apply
			continue
		}
		if strings.HasPrefix(line, "get secret ") { // for the database's sake, which has tests of its own
			continue
		}
		words := strings.Fields(line)
		short = append(short, strings.Join(words[:min(len(words), 2)], " "))
	}
	return short
}
