package diagnose

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

// watch runs p.Watch for limit of a bubble's own time, and returns what it said and when.
func watch(t *testing.T, p Pods, limit time.Duration) (*Problem, time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	start := time.Now()
	err := p.Watch(ctx)
	if err == nil {
		return nil, time.Since(start)
	}
	var problem *Problem
	require.ErrorAs(t, err, &problem)
	return problem, time.Since(start)
}

func TestWatch(t *testing.T) {
	t.Parallel()
	good, starting := podJSON("a", true, "", running), podJSON("b", false, "", initializing)
	broken, other := podJSON("b", false, "", imagePullBackOff), podJSON("b", false, "", crashLoop)
	refused := runner.Reply{Prefix: getPods, Fails: "connection refused", Times: 2}
	for name, tt := range map[string]struct {
		list   string
		first  []runner.Reply
		after  time.Duration
		reason string
	}{
		"says nothing while all is well":       {podList(good, starting), nil, time.Minute, ""},
		"says nothing while there are no pods": {podList(), nil, time.Minute, ""},
		"tells of a new pod at once": {podList(good, broken), []runner.Reply{first(podList(good))},
			interval, "ImagePullBackOff"},
		"gives a pod that was there before its grace": {podList(good, broken), nil, leftoverGrace, "ImagePullBackOff"},
		"forgets a leftover that is removed in time": {podList(good),
			[]runner.Reply{first(podList(good, broken)), first(podList(broken))}, time.Minute, ""},
		"knows a new pod of an old one's name": {podList(strings.Replace(other, "uid-of-b", "uid-of-b-2", 1)),
			[]runner.Reply{first(podList(good, other))}, interval, "CrashLoopBackOff"},
		"goes on when the server does not answer for once": {podList(broken),
			[]runner.Reply{refused, first(podList(good))}, 3 * interval, "ImagePullBackOff"},
		"waits for room on a node before it gives up": {podList(unschedulable),
			[]runner.Reply{first(podList(good))}, 21 * time.Second, "Unschedulable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, fake := watching(t, tt.list, tt.first...)
				fake.Allow(events, logs) // which a problem is told with
				problem, took := watch(t, p, time.Minute)
				assert.Equal(t, tt.after, took)
				if tt.reason == "" {
					assert.Nil(t, problem)
				} else {
					require.NotNil(t, problem)
					assert.Equal(t, tt.reason, problem.Reason)
				}
			})
		})
	}
}

func TestProblemIsToldWithEventsAndLastLines(t *testing.T) {
	t.Parallel()
	const pod = "todo-app-backend-5d"
	const logs = logs + pod + " --container backend --tail 12 "
	const events = events + pod +
		`,type=Warning --sort-by .lastTimestamp -o jsonpath={range .items[*]}{.reason}{": "}{.message}{"\n"}{end}`
	for name, tt := range map[string]struct {
		replies []runner.Reply
		want    Problem
		calls   []string
	}{
		"of the run that failed": {
			[]runner.Reply{{Prefix: logs + "--previous=true", Output: "old 1\nold 2\n"},
				{Prefix: events, Output: "A: 1\nB: 2\nC: 3\nD: 4\n"}},
			Problem{Events: []string{"B: 2", "C: 3", "D: 4"}, Logs: []string{"old 1", "old 2"}},
			[]string{getPods, events, logs + "--previous=true"},
		},
		"of the only run there is": {
			[]runner.Reply{{Prefix: logs + "--previous=true", Fails: "previous terminated container not found"},
				{Prefix: logs, Output: "new"}, {Prefix: events}},
			Problem{Logs: []string{"new"}},
			[]string{getPods, events, logs + "--previous=true", logs + "--previous=false"},
		},
		"as far as the cluster answers": {
			[]runner.Reply{{Prefix: logs, Fails: "refused"}, {Prefix: events, Fails: "refused"}},
			Problem{},
			[]string{getPods, events, logs + "--previous=true", logs + "--previous=false"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, fake := watching(t, podList(podJSON(pod, false, "", crashLoop)), tt.replies...)
			var got *Problem
			require.ErrorAs(t, p.Unready(t.Context()), &got)
			assert.Equal(t, tt.want.Events, got.Events)
			assert.Equal(t, tt.want.Logs, got.Logs)
			assert.Equal(t, tt.calls, fake.Lines())
		})
	}
}

func TestLastWordsInThePodsStatusNeedNoLog(t *testing.T) {
	t.Parallel()
	p, fake := watching(t, podList(podJSON("b", false, "", ended)))
	fake.Allow(events + "b")
	var got *Problem
	require.ErrorAs(t, p.Unready(t.Context()), &got)
	assert.Equal(t, []string{"connecting", "password authentication failed"}, got.Logs)
	for _, call := range fake.Lines() {
		assert.NotContains(t, call, logs)
	}
}

func TestUnreadyReportsTheFirstPodThatIsNotReady(t *testing.T) {
	t.Parallel()
	good := podJSON("a", true, "", running)
	for name, tt := range map[string]struct {
		list string
		want Problem
	}{
		"that has a problem": {podList(good, podJSON("b", false, "", configError)),
			Problem{Pod: "b", Container: "backend", Reason: "CreateContainerConfigError"}},
		"that only is not ready": {podList(good, podJSON("b", false, "", unready)),
			Problem{Pod: "b", Container: "backend", Reason: "NotReady"}},
		"that waits for its start": {podList(podJSON("b", false, unready, initializing), good),
			Problem{Pod: "b", Container: "backend", Reason: "NotReady"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, fake := watching(t, tt.list)
			fake.Allow(events+"b", logs+"b --container backend")
			var got *Problem
			require.ErrorAs(t, p.Unready(t.Context()), &got)
			assert.Equal(t, tt.want, Problem{Pod: got.Pod, Container: got.Container, Reason: got.Reason})
		})
	}
}

func TestUnreadyIsSilentWhenAllIsWellAndTellsWhenItCannotLook(t *testing.T) {
	t.Parallel()
	p, _ := watching(t, podList(podJSON("a", true, "", running)))
	assert.NoError(t, p.Unready(t.Context()))
	p, _ = watching(t, "", runner.Reply{Prefix: getPods, Fails: "connection refused"})
	assert.ErrorContains(t, p.Unready(t.Context()), "looking at the pods: ")
}
