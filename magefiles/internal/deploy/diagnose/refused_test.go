package diagnose

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

const getEvents = prefix + "get -o json events --field-selector involvedObject.kind!=Pod"

// maker is a StatefulSet or ReplicaSet that wants one pod.
func maker(kind string, pods int) string {
	return fmt.Sprintf(`{"kind":%q,"metadata":{"name":"todo-app-postgres","uid":"maker"},"spec":{"replicas":1},
		"status":{"replicas":%d}}`, kind, pods)
}

const claim = `{"kind":"PersistentVolumeClaim","metadata":{"name":"data-todo-app-postgres-0","uid":"claim"},
	"status":{"phase":"Pending"}}`

// said is the only event of the cluster: version tells how often it has come.
func said(uid, reason, message string, version int) runner.Reply {
	return runner.Reply{Prefix: getEvents, Output: fmt.Sprintf(`{"items":[{"metadata":{"uid":"e","resourceVersion":"%d"},
		"involvedObject":{"uid":%q},"reason":%q,"message":%q}]}`, version, uid, reason, message)}
}

const quota = `create Pod todo-app-postgres-0 in StatefulSet todo-app-postgres failed error: ` +
	`pods "todo-app-postgres-0" is forbidden: exceeded quota: few, requested: pods=1, used: pods=0, limited: pods=0`

func TestWhatIsRefusedAPodIsToldInSeconds(t *testing.T) {
	t.Parallel()
	refused := said("maker", "FailedCreate", quota, 1)
	once := func(r runner.Reply) runner.Reply { r.Times = 1; return r }
	ending := podJSON("old", true, "", running, `,"deletionTimestamp":"2000-01-01T00:00:10Z"`)
	for name, tt := range map[string]struct {
		list   string
		more   []runner.Reply
		after  time.Duration
		object string
	}{
		"a StatefulSet": {podList(maker("StatefulSet", 0)), []runner.Reply{first(podList()), refused},
			5 * interval, "StatefulSet todo-app-postgres"},
		"a ReplicaSet": {podList(maker("ReplicaSet", 0)), []runner.Reply{first(podList()), refused},
			5 * interval, "ReplicaSet todo-app-postgres"},
		"a claim of a volume": {podList(claim),
			[]runner.Reply{first(podList()), said("claim", "FailedBinding", "no storage class is set", 1)},
			5 * interval, "PersistentVolumeClaim data-todo-app-postgres-0"},
		"one that gets its pod in time": {podList(maker("StatefulSet", 1)),
			[]runner.Reply{first(podList()), first(podList(maker("StatefulSet", 0))), refused}, time.Minute, ""},
		"one that is refused nothing": {podList(maker("StatefulSet", 0)),
			[]runner.Reply{first(podList()), said("maker", "SuccessfulCreate", "", 1)}, time.Minute, ""},
		"another object's event": {podList(maker("StatefulSet", 0)),
			[]runner.Reply{first(podList()), said("other", "FailedCreate", quota, 1)}, time.Minute, ""},
		"while an old pod ends": {podList(maker("StatefulSet", 0), ending),
			[]runner.Reply{first(podList()), refused}, time.Minute, ""},
		"an event of long ago": {podList(maker("StatefulSet", 0)), []runner.Reply{refused},
			leftoverGrace + 4*interval, "StatefulSet todo-app-postgres"},
		"an event of long ago that comes again": {podList(maker("StatefulSet", 0)),
			[]runner.Reply{once(refused), said("maker", "FailedCreate", quota, 2)}, 5 * interval,
			"StatefulSet todo-app-postgres"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, fake := watching(t, tt.list, tt.more...)
				problem, took := watch(t, p, time.Minute)
				assert.Equal(t, tt.after, took)
				assert.NotContains(t, fake.Lines(), logs, "no pod has said anything")
				if tt.object == "" {
					assert.Nil(t, problem)
					return
				}
				require.NotNil(t, problem)
				assert.Equal(t, tt.object, problem.Object)
				assert.Contains(t, problem.Error(), "what to do: ")
			})
		})
	}
}

func TestARefusalIsReportedInTheClustersWordsWithTheCommandThatMendsIt(t *testing.T) {
	t.Parallel()
	p, _ := watching(t, podList(maker("StatefulSet", 0)), said("maker", "FailedCreate", quota, 1))
	require.EqualError(t, p.Unready(t.Context()),
		"StatefulSet todo-app-postgres does not get what it asks for: FailedCreate: "+quota+
			"\n  what to do: raise the ResourceQuota: `kubectl --context kind-x -n n edit resourcequota few`, "+
			"or choose another namespace with TODO_NAMESPACE")
}

func TestEachCauseHasWhatMendsIt(t *testing.T) {
	t.Parallel()
	owners := runner.Reply{Prefix: prefix + "get -o json validatingwebhookconfigurations,mutatingwebhookconfigurations",
		Output: `{"items":[{"kind":"MutatingWebhookConfiguration","metadata":{"name":"other"},"webhooks":[{"name":"x"}]},
			{"kind":"ValidatingWebhookConfiguration","metadata":{"name":"ingress-nginx-admission"},
			"webhooks":[{"name":"validate.nginx.ingress.kubernetes.io"}]}]}`}
	for text, mend := range map[string]string{
		`pods "x" is forbidden: failed quota: q: must specify limits.cpu`:              "`kubectl --context kind-x -n n edit resourcequota q`",
		`is forbidden: maximum memory usage per Container is 64Mi, but limit is 384Mi`: "`kubectl --context kind-x -n n edit limitrange`",
		`is forbidden: minimum cpu usage per Pod is 2, but request is 50m`:             "LimitRange",
		`error looking up service account n/todo-app: serviceaccount "todo-app" not found`: "the ServiceAccount todo-app was removed: " +
			"`mage deploy` makes it again",
		`violates PodSecurity "restricted:latest": runAsNonRoot != true`: "only pods of the level restricted:latest",
		`admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: host "todo.local" and path "/" ` +
			`is already defined in ingress other/web`: "`kubectl --context kind-x -n other delete ingress web`",
		`admission webhook "policy.example.com" denied the request: no`: "an exception for the namespace n",
		`failed calling webhook "validate.nginx.ingress.kubernetes.io": failed to call webhook: Post "https://…": service ` +
			`"ingress-nginx-controller-admission" not found`: "`kubectl --context kind-x delete " +
			"validatingwebhookconfiguration ingress-nginx-admission`",
		`failed calling webhook "x": failed to call`:                                 "`kubectl --context kind-x delete mutatingwebhookconfiguration other`",
		`unable to create new content in namespace n because it is being terminated`: "`kubectl --context kind-x get namespace n`",
		`exists and cannot be imported into the current release: invalid ownership metadata; label validation error`: "-n n annotate " +
			"serviceaccount,secret,",
		`storageclass.storage.k8s.io "fast" not found`: "no StorageClass fast",
		`services is forbidden: User "me" cannot create resource "services" in API group "" in the namespace "n"`: "the user me of " +
			"this kubeconfig may not create services",
		`ErrImagePull: failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized`: "TODO_PULL_SECRETS",
		`something else`: "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			k := kube.Kubectl{Runner: runner.NewFake(t, owners), Context: "kind-x", Namespace: "n"}
			got := Mend(t.Context(), k, text)
			assert.Contains(t, got, mend)
			assert.Equal(t, mend == "", got == "")
			assert.NotRegexp(t, `[${}]`, got)
		})
	}
}

func TestAWebhookThatNobodyListsIsStillToldHowToRemove(t *testing.T) {
	t.Parallel()
	k := kube.Kubectl{Runner: runner.NewFake(t, runner.Reply{Prefix: "kubectl", Fails: "forbidden"}), Context: "kind-x"}
	assert.Contains(t, Mend(t.Context(), k, `failed calling webhook "x"`), "delete validatingwebhookconfiguration NAME`")
}

func TestAnErrorIsExplainedOnce(t *testing.T) {
	t.Parallel()
	k := kube.Kubectl{Runner: runner.NewFake(t), Context: "kind-x", Namespace: "n"}
	failed := &runner.RunError{Command: runner.Cmd("helm"), Output: "exceeded quota: q", Inner: fmt.Errorf("exit status 1")}
	err := Explain(t.Context(), k, fmt.Errorf("installing the chart: %w", failed))
	require.ErrorIs(t, err, failed)
	require.ErrorContains(t, err, "\n  what to do: raise the ResourceQuota: ")
	require.NoError(t, Explain(t.Context(), k, nil))
	plain := fmt.Errorf("exceeded quota: q")
	assert.Equal(t, plain, Explain(t.Context(), k, plain), "what no program said is explained by who says it")
}
