package address

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

func TestWaysToReachANode(t *testing.T) {
	t.Parallel()
	k := kube.Kubectl{Context: "x", Namespace: "ingress-nginx"}
	for _, tt := range []struct {
		candidate          Candidate
		label, ip, url     string
		loopback, lasting  bool
		mentions, runsThis string
	}{
		{NodeIP("192.168.49.2"), "node IP", "192.168.49.2", "http://todo.local", false, true, "", ""},
		{NodeIP("fc00::2"), "node IP", "fc00::2", "http://todo.local", false, true, "", ""},
		{Published(80, "x"), "published port", "127.0.0.1", "http://todo.local", true, true, "`docker restart x`", ""},
		{Published(8080, "x"), "published port", "127.0.0.1", "http://todo.local:8080", true, true, "all todos stay", ""},
		{Tunnel("x"), "minikube tunnel", "127.0.0.1", "http://todo.local", true, true,
			"minikube tunnel --profile x", ""},
		{PortForward(k, "deployment/ingress-nginx-controller", 8080, 80), "port-forward", "127.0.0.1",
			"http://todo.local:8080", true, false, "TODO_HTTP_PORT",
			"kubectl --context x --namespace ingress-nginx port-forward --address 127.0.0.1 " +
				"deployment/ingress-nginx-controller 8080:80"},
	} {
		t.Run(tt.label+" "+tt.candidate.Address, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.label, tt.candidate.Label)
			assert.Equal(t, tt.ip, tt.candidate.IP())
			assert.Equal(t, tt.url, tt.candidate.URL("todo.local"))
			assert.Equal(t, tt.loopback, tt.candidate.OnLoopback())
			assert.Equal(t, tt.lasting, tt.candidate.Serve == nil)
			assert.Contains(t, tt.candidate.Mend, tt.mentions)
			assert.Equal(t, tt.runsThis, tt.candidate.Command)
		})
	}
}

func TestCandidatesThatANameCanLeadTo(t *testing.T) {
	t.Parallel()
	forward := PortForward(kube.Kubectl{}, "pod/x", 8081, 80)
	all := []Candidate{NodeIP("192.168.49.2"), Published(8080, "x"), forward}
	for name, tt := range map[string]struct {
		host   string
		shared bool
		want   []string
	}{
		"any other name leads to all of them, in their order": {"todo.local", false,
			[]string{"node IP", "published port", "port-forward"}},
		"where Windows shares loopback alone, that is preferred": {"todo.local", true,
			[]string{"published port", "port-forward", "node IP"}},
		"a name under localhost leads to loopback alone": {"todo.localhost", false,
			[]string{"published port", "port-forward"}},
		"localhost itself, too": {"localhost", true, []string{"published port", "port-forward"}},
		"a name that only ends that way does not": {"mylocalhost", false,
			[]string{"node IP", "published port", "port-forward"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, labels(For(tt.host, tt.shared, all)))
			assert.Equal(t, []string{"node IP", "published port", "port-forward"}, labels(all), "what was given stays")
		})
	}
	assert.Equal(t, []string{"node IP", "published port"}, labels(Lasting(all)))
}

func labels(candidates []Candidate) []string {
	var found []string
	for _, c := range candidates {
		found = append(found, c.Label)
	}
	return found
}

func TestHoldRunsTheProgramAsLongAsItIsNeeded(t *testing.T) {
	t.Parallel()
	begun, ended := make(chan struct{}), false
	c := Candidate{Serve: func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		time.Sleep(10 * time.Millisecond) // it takes a while to end, too
		ended = true
		return context.Cause(ctx)
	}}
	err := c.Hold(t.Context(), func(ctx context.Context) error { <-begun; return ctx.Err() })
	assert.NoError(t, err)
	assert.True(t, ended, "it has ended when Hold does")
}

const forwardCall = "kubectl --context x --namespace n port-forward --address 127.0.0.1 pod/x 80:8080"

func TestHoldTellsWhyTheProgramEndedBeforeItsTime(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  string
	}{
		"with an error": {runner.Reply{Prefix: forwardCall, Fails: "unable to listen on port 80"},
			"unable to listen on port 80"},
		"without one": {runner.Reply{Prefix: forwardCall}, forwardCall + "` ended by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := PortForward(kube.Kubectl{Runner: runner.NewFake(t, tt.reply), Context: "x", Namespace: "n"}, "pod/x",
				80, 8080)
			err := c.Hold(t.Context(), func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) })
			assert.ErrorContains(t, err, tt.says)
		})
	}
}

func TestHoldRunsNothingForAnAddressThatAnswersByItself(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	assert.ErrorIs(t, Published(80, "x").Hold(t.Context(), func(context.Context) error { return broken }), broken)
}
