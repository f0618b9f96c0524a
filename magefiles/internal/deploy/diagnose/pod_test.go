package diagnose

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProblemOfAPod(t *testing.T) {
	t.Parallel()
	const name = "todo-app-backend-5d"
	for about, tt := range map[string]struct {
		pod  string
		age  time.Duration
		want *Problem
	}{
		"its image is nowhere": {podJSON(name, false, "", imagePullBackOff), 0,
			&Problem{Container: "backend", Image: "todo-backend:1",
				Reason:  "ImagePullBackOff",
				Message: `Back-off pulling image "todo-backend:1": ErrImagePull: not found`}},
		"its program ends again and again": {podJSON(name, false, "", crashLoop), 0,
			&Problem{Container: "backend", Image: "todo-backend:1",
				Reason: "CrashLoopBackOff", Message: "its program ended with exit code 2 (Error), 3 restarts"}},
		"its program gave up once": {podJSON(name, false, "", again("Error", 1, false)), 0,
			&Problem{Container: "backend", Image: "todo-backend:1",
				Reason: "CrashLoopBackOff", Message: "its program ended with exit code 1 (Error), 1 restarts"}},
		"its program has just given up, with last words": {podJSON(name, false, "", ended), 0,
			&Problem{Container: "backend", Image: "todo-backend:1",
				Reason: "CrashLoopBackOff", Message: "its program ended with exit code 1 (Error), 0 restarts",
				Logs: []string{"connecting", "password authentication failed"}}},
		"its init container gave up": {podJSON(name, false, ended, initializing), 0,
			&Problem{Container: "backend", Image: "todo-backend:1",
				Reason: "CrashLoopBackOff", Message: "its program ended with exit code 1 (Error), 0 restarts",
				Logs: []string{"connecting", "password authentication failed"}}},
		"its program gave up once and has started since": {podJSON(name, false, "", again("Error", 1, true)), 0, nil},
		"its program was stopped with its node":          {podJSON(name, false, "", again("Unknown", 255, false)), 0, nil},
		"its Secret is missing, although it ran before": {podJSON(name, false, "", configError), 0,
			&Problem{Container: "backend", Image: "todo-backend:1",
				Reason: "CreateContainerConfigError", Message: `secret "todo-app-settings" not found`}},
		"its Secret has not come to a busy node yet": {podJSON(name, false, "", secretNotSynced), 0, nil},
		"no node has room for it": {unschedulable, schedulingGrace + time.Second,
			&Problem{Reason: "Unschedulable", Message: "0/1 nodes are available: 1 Insufficient memory."}},
		"no node has room for it yet":            {unschedulable, schedulingGrace, nil},
		"its image could not be pulled for once": {podJSON(name, false, "", imagePull), 0, nil},
		"it starts":                              {podJSON(name, false, "", initializing), time.Hour, nil},
		"it runs":                                {podJSON(name, true, "", running), time.Hour, nil},
		"it is broken but on its way out": {
			podJSON(name, false, "", crashLoop, `,"deletionTimestamp":"2000-01-01T00:00:10Z"`), time.Hour, nil},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			got := parse(tt.pod).problem(epoch.Add(tt.age))
			if tt.want == nil {
				assert.Nil(t, got)
				return
			}
			tt.want.Pod = name
			require.NotNil(t, got)
			assert.Equal(t, tt.want, got)
			assert.Contains(t, got.Error(), "what to do: ", "every problem has its hint")
		})
	}
}

func TestReadyPods(t *testing.T) {
	t.Parallel()
	assert.True(t, parse(podJSON("a", true, "", running)).ready())
	assert.False(t, parse(podJSON("a", false, "", running)).ready())
	assert.False(t, parse(podJSON("a", true, "", running, `,"deletionTimestamp":"2000-01-01T00:00:10Z"`)).ready())
	assert.True(t,
		parse(`{"status":{"phase":"Succeeded","conditions":[{"type":"Ready","status":"False",`+
			`"reason":"PodCompleted"}]}}`).ready())
	assert.False(t, parse(unschedulable).ready())
}

func TestReportOfAProblem(t *testing.T) {
	t.Parallel()
	p := &Problem{Pod: "todo-app-backend-5d", Container: "backend", Reason: "CrashLoopBackOff", Message: "exit code 2",
		Events: []string{"BackOff: back-off restarting"},
		Logs:   []string{"connecting", "password authentication failed"}}
	assert.Equal(t, `pod todo-app-backend-5d is not starting, container backend: CrashLoopBackOff: exit code 2
  events:
    BackOff: back-off restarting
  last log lines:
    connecting
    password authentication failed
  what to do: `+hints["CrashLoopBackOff"], p.Error())
	assert.Equal(t, "pod a is not starting: Odd", (&Problem{Pod: "a", Reason: "Odd"}).Error())
}

func TestSummary(t *testing.T) {
	t.Parallel()
	pods := []object{parse(podJSON("a", true, "", running)), parse(podJSON("b", false, "", unready)),
		parse(podJSON("c", false, "", unready))}
	assert.Equal(t, "1 of 3 pods ready, waiting for b", summary(pods))
	assert.Equal(t, "1 of 1 pods ready", summary(pods[:1]))
	assert.Equal(t, "0 of 0 pods ready", summary(nil))
}

func TestALogThatWasCutBeginsWithAWholeLine(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "first\nlast", dropPartialLine("first\nlast"))
	assert.Equal(t, "last", dropPartialLine(strings.Repeat("x", messageLimit)+"\nlast"))
	assert.Equal(t, strings.Repeat("x", messageLimit), dropPartialLine(strings.Repeat("x", messageLimit)))
}
