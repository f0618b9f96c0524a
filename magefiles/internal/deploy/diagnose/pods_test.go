package diagnose

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

// The parts of pods below are as an API server writes them.

const running = `{"name":"backend","image":"todo-backend:1","ready":true,"started":true,"restartCount":0,
	"state":{"running":{"startedAt":"2000-01-01T00:00:00Z"}},"lastState":{}}`

const imagePullBackOff = `{"name":"backend","image":"todo-backend:1","imageID":"","ready":false,
	"started":false,"restartCount":0,"lastState":{},"state":{"waiting":{"reason":"ImagePullBackOff",
	"message":"Back-off pulling image \"todo-backend:1\": ErrImagePull: not found"}}}`

const imagePull = `{"name":"backend","image":"todo-backend:1","ready":false,"restartCount":0,"lastState":{},
	"state":{"waiting":{"reason":"ErrImagePull","message":"connection reset"}}}`

const crashLoop = `{"name":"backend","image":"todo-backend:1","ready":false,"started":false,"restartCount":3,
	"state":{"waiting":{"reason":"CrashLoopBackOff",
	"message":"back-off 40s restarting failed container=backend pod=todo-app-backend-5d"}},
	"lastState":{"terminated":{"exitCode":2,"reason":"Error",
	"startedAt":"2000-01-01T00:00:00Z","finishedAt":"2000-01-01T00:00:05Z"}}}`

const configError = `{"name":"backend","image":"todo-backend:1","ready":false,"restartCount":1,
	"state":{"waiting":{"reason":"CreateContainerConfigError","message":"secret \"todo-app-settings\" not found"}},
	"lastState":{"terminated":{"exitCode":0,"reason":"Completed"}}}`

// secretNotSynced is a container's state on a node that does much else.
const secretNotSynced = `{"name":"backend","image":"todo-backend:1","ready":false,"restartCount":0,"lastState":{},
	"state":{"waiting":{"reason":"CreateContainerConfigError",
	"message":"failed to sync secret cache: timed out waiting for the condition"}}}`

const initializing = `{"name":"backend","image":"todo-backend:1","ready":false,"restartCount":0,"lastState":{},
	"state":{"waiting":{"reason":"PodInitializing"}}}`

const unready = `{"name":"backend","image":"todo-backend:1","ready":false,"started":true,
	"restartCount":0,"lastState":{},
	"state":{"running":{"startedAt":"2000-01-01T00:00:00Z"}}}`

// again is a container in its second run, after its first ended with the given reason and exit code.
func again(reason string, code int, started bool) string {
	return fmt.Sprintf(`{"name":"backend","image":"todo-backend:1","ready":false,"started":%t,"restartCount":1,
		"state":{"running":{}},"lastState":{"terminated":{"reason":%q,"exitCode":%d}}}`, started, reason, code)
}

// ended is a container whose first run has just ended, in a pod that keeps the end of its log.
const ended = `{"name":"backend","image":"todo-backend:1","ready":false,"started":false,"restartCount":0,"lastState":{},
	"state":{"terminated":{"reason":"Error","exitCode":1,"message":"connecting\npassword authentication failed\n"}}}`

// podJSON is a pod that was made at the epoch of a synctest bubble.
func podJSON(name string, ready bool, init, containers string, extra ...string) string {
	status := map[bool]string{true: "True", false: "False"}[ready]
	return fmt.Sprintf(`{"kind":"Pod","metadata":{"name":%q,"uid":"uid-of-%s","creationTimestamp":"2000-01-01T00:00:00Z"%s},
		"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"True"},{"type":"Ready","status":%q}],
		"initContainerStatuses":[%s],"containerStatuses":[%s]}}`,
		name, name, strings.Join(extra, ""), status, init, containers)
}

const unschedulable = `{"kind":"Pod","metadata":{"name":"todo-app-backend-5d","uid":"u",
	"creationTimestamp":"2000-01-01T00:00:00Z"},"status":{"phase":"Pending",
	"conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable",
	"message":"0/1 nodes are available: 1 Insufficient memory."}]}}`

func podList(pods ...string) string { return `{"items":[` + strings.Join(pods, ",") + `]}` }

const (
	prefix  = "kubectl --context kind-x --namespace n --request-timeout 20s "
	getPods = prefix + "get -o json pods,replicasets,statefulsets,persistentvolumeclaims --selector app=todo"
	events  = prefix + "get events --field-selector involvedObject.name="
	logs    = prefix + "logs "
)

// watching answers `get pods` with list, and other calls as more says.
func watching(t *testing.T, list string, more ...runner.Reply) (Pods, *runner.Fake) {
	fake := runner.NewFake(t, append(more, runner.Reply{Prefix: getPods, Output: list})...)
	return Pods{Kubectl: kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}, Selector: "app=todo"}, fake
}

// first answers one look at the pods with list.
func first(list string) runner.Reply { return runner.Reply{Prefix: getPods, Output: list, Times: 1} }

func parse(text string) object {
	var p object
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		panic(err)
	}
	return p
}

// epoch is when every pod of these tests was made, and when a synctest bubble begins.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
