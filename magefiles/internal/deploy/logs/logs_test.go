package logs

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	kubectl = "kubectl --context kind-x --namespace n "
	watched = kubectl + "get pods --selector app.kubernetes.io/instance=todo-app --watch -o json"
	listed  = kubectl + "--request-timeout 20s get -o json pods"
)

// onePod is a pod of a part with one container, which was started so often before, last at that time.
func onePod(name, part string, restarts int, at time.Time) string {
	return fmt.Sprintf(`{"metadata": {"name": %q, "labels": {"app.kubernetes.io/component": %q}},
		"status": {"containerStatuses": [{"name": %q, "containerID": "%s-%d", "restartCount": %d,
		"state": {"running": {"startedAt": %q}}}]}}`, name, part, part, name, restarts, restarts,
		at.Format(time.RFC3339))
}

// starting is a pod whose container was not made yet.
const starting = `{"metadata": {"name": "b-2"}, "status": {"containerStatuses": [{"name": "backend"}]}}`

// printed collects what the parts print, as lines that begin with the part.
type printed struct {
	mu    sync.Mutex
	lines []string
}

func (p *printed) write(part string) io.Writer {
	return lines.To(func(line string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.lines = append(p.lines, part+": "+line)
	})
}

// prints is a program that prints texts, each a second after the one before, and then goes on until it is stopped.
func prints(texts ...string) func(context.Context, runner.Command) error {
	return func(ctx context.Context, c runner.Command) error {
		for _, text := range texts {
			_, _ = io.WriteString(c.Stdout, text)
			time.Sleep(time.Second)
		}
		return runner.Hangs(ctx, c)
	}
}

func logsOf(fake *runner.Fake, p *printed) Logs {
	return Logs{Kubectl: kube.Kubectl{Runner: fake, Context: "kind-x", Namespace: "n"}, Write: p.write}
}

func TestPodsThatComeLaterAreFollowedFromTheirFirstLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		old, soon := time.Now().Add(-time.Hour), time.Now().Add(2*time.Second)
		var p printed
		fake := runner.NewFake(t,
			runner.Reply{Prefix: watched, Does: prints(onePod("b-1", "backend", 0, old), starting,
				onePod("b-2", "backend", 0, soon), onePod("b-2", "backend", 0, soon),
				onePod("b-2", "backend", 1, soon))},
			runner.Reply{Prefix: kubectl + "logs b-1", Does: prints("old\n")},
			runner.Reply{Prefix: kubectl + "logs b-2", Output: "new\n", Times: 1},
			runner.Reply{Prefix: kubectl + "logs b-2", Fails: "x\nunable to retrieve container logs"})
		require.NoError(t, logsOf(fake, &p).Follow(ctx))
		assert.Equal(t, []string{"backend: old", "backend: new",
			"backend: no more of the log of b-2/backend: unable to retrieve container logs"}, p.lines)
		assert.Equal(t, []string{watched, kubectl + "logs b-1 --container backend --tail 50 --follow",
			kubectl + "logs b-2 --container backend --follow", kubectl + "logs b-2 --container backend --follow"},
			fake.Lines(), "each container once")
	})
}

func TestAWatchThatEndsIsBegunAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		fake := runner.NewFake(t, runner.Reply{Prefix: watched, Times: 1},
			runner.Reply{Prefix: watched, Does: runner.Hangs})
		require.NoError(t, logsOf(fake, &printed{}).Follow(ctx))
		assert.Len(t, fake.Lines(), 2)
	})
}

func TestWithoutAnAnswerAboutThePodsFollowingEnds(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]runner.Reply{
		"no API server": {Prefix: watched, Fails: "connection refused"},
		"no JSON": {Prefix: watched, Does: func(_ context.Context, c runner.Command) error {
			_, err := io.WriteString(c.Stdout, "oops")
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := logsOf(runner.NewFake(t, reply), &printed{}).Follow(t.Context())
			assert.ErrorContains(t, err, "looking for the pods to follow: ")
		})
	}
}

func TestOnlyAndSinceChooseWhatIsShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		const chosen = kubectl + "get pods --selector app.kubernetes.io/instance=todo-app," +
			"app.kubernetes.io/component in (backend,postgres) --watch"
		fake := runner.NewFake(t, runner.Reply{Prefix: chosen, Does: prints(onePod("b-1", "backend", 0, time.Time{}))})
		fake.Allow(kubectl + "logs b-1 --container backend --since 10m0s --follow")
		l := logsOf(fake, &printed{})
		l.Only, l.Since = []string{"backend", "postgres"}, 10*time.Minute
		require.NoError(t, l.Follow(ctx))
		assert.Len(t, fake.Lines(), 2)
	})
}

func TestPreviousShowsOnlyWhatWasStartedAgain(t *testing.T) {
	t.Parallel()
	var p printed
	items := []string{onePod("b-1", "backend", 2, time.Time{}), onePod("f-1", "frontend", 0, time.Time{})}
	fake := runner.NewFake(t, runner.Reply{Prefix: listed, Output: `{"items": [` + strings.Join(items, ",") + `]}`},
		runner.Reply{Prefix: kubectl + "logs b-1 --container backend --tail 50 --previous", Output: "crashed\n"})
	found, err := logsOf(fake, &p).Previous(t.Context())
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, []string{"backend: crashed"}, p.lines)

	fake = runner.NewFake(t, runner.Reply{Prefix: listed, Output: `{"items": []}`})
	found, err = logsOf(fake, &p).Previous(t.Context())
	require.NoError(t, err)
	assert.False(t, found)
	_, err = logsOf(runner.NewFake(t, runner.Reply{Prefix: listed, Fails: "refused"}), &p).Previous(t.Context())
	assert.ErrorContains(t, err, "refused")
}

func TestPartsAreTheApps(t *testing.T) {
	t.Parallel()
	for list, tt := range map[string]struct {
		want []string
		says string
	}{
		"":                 {nil, ""},
		"backend,postgres": {[]string{"backend", "postgres"}, ""},
		"backend,fronted":  {nil, `there is no part "fronted"; -only takes backend, frontend, postgres`},
	} {
		got, err := Parts(list)
		testkit.ErrorSays(t, err, tt.says)
		assert.Equal(t, tt.want, got, list)
	}
}
