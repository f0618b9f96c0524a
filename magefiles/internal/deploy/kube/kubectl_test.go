package kube

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	prefix = "kubectl --context kind-x --namespace n --request-timeout 20s "
	apply  = prefix + "apply --server-side --force-conflicts --field-manager todo-app -f - -o json"
	ready  = "kubectl --context kind-x --request-timeout 5s get --raw /readyz"
)

func on(fake *runner.Fake) Kubectl { return Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"} }

func TestEveryCallNamesItsContextAndNamespace(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: prefix + "get pods", Output: "pod/a"})
	out, err := on(fake).Output(t.Context(), "get", "pods", "-o", "name")
	require.NoError(t, err)
	assert.Equal(t, "pod/a", out)
	assert.Equal(t, []string{prefix + "get pods -o name"}, fake.Lines())
	assert.Equal(t, "kubectl --context kind-x --namespace n logs --follow",
		on(fake).Unbounded("logs", "--follow").String())
}

func TestGetReadsJSON(t *testing.T) {
	t.Parallel()
	var list struct {
		Items []struct{ Metadata struct{ Name string } }
	}
	fake := runner.NewFake(t,
		runner.Reply{Prefix: prefix + "get -o json pods", Output: `{"items":[{"metadata":{"name":"a"}}]}`})
	require.NoError(t, on(fake).Get(t.Context(), &list, "pods", "--selector", "a=b"))
	require.Len(t, list.Items, 1)
	assert.Equal(t, "a", list.Items[0].Metadata.Name)
	assert.Equal(t, []string{prefix + "get -o json pods --selector a=b"}, fake.Lines())
}

func TestGetTellsWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	var v struct{}
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  string
	}{
		"kubectl fails": {
			runner.Reply{Fails: "the server has asked for the client to provide credentials"}, "provide credentials"},
		"kubectl prints no JSON": {
			runner.Reply{Output: "No resources"}, " get -o json pods` printed: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.reply.Prefix = prefix + "get -o json pods"
			assert.ErrorContains(t, on(runner.NewFake(t, tt.reply)).Get(t.Context(), &v, "pods"), tt.says)
		})
	}
}

func TestApplyGivesTheManifestToTheInputOnly(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]runner.Reply{
		"well":    {Prefix: apply, Output: "{}"},
		"in vain": {Prefix: apply, Fails: "forbidden"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := runner.NewFake(t, reply)
			_, err := on(fake).Apply(t.Context(), strings.NewReader("hunter2"), "-o", "json")
			assert.Equal(t, []runner.Call{{Line: apply, Stdin: "hunter2"}}, fake.Calls())
			if reply.Fails != "" {
				require.ErrorContains(t, err, "forbidden")
				assert.NotContains(t, err.Error(), "hunter2")
			}
		})
	}
}

func TestReadyAsksTheServerWithoutANamespace(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t).Allow(ready)
	require.NoError(t, on(fake).CheckReady(t.Context()))
	assert.Equal(t, []string{ready}, fake.Lines())
}

func TestWaitReady(t *testing.T) {
	t.Parallel()
	const refused = "connection refused"
	for name, tt := range map[string]struct {
		reply runner.Reply
		took  time.Duration
		says  string
	}{
		"returns at once when the server is ready": {runner.Reply{Prefix: ready}, 0, ""},
		"asks until the server is ready": {runner.Reply{Prefix: ready, Fails: refused, Times: 3},
			1500 * time.Millisecond, ""},
		"gives up after the limit with the refusal": {runner.Reply{Prefix: ready, Fails: refused}, 10 * time.Second,
			refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				err := on(runner.NewFake(t, tt.reply).Allow(ready)).WaitReady(t.Context(), 10*time.Second)
				assert.Equal(t, tt.took, time.Since(start))
				testkit.ErrorSays(t, err, tt.says)
			})
		})
	}
}

func TestWaitReadyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := on(runner.NewFake(t, runner.Reply{Prefix: ready, Fails: "refused"})).WaitReady(ctx, time.Hour)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 700*time.Millisecond, time.Since(start))
	})
}
