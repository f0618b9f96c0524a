package plan

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
)

// workshop makes artifacts that remember in which order they were made.
type workshop struct {
	mu    sync.Mutex
	order []string
	there map[string]bool
}

func newWorkshop() *workshop { return &workshop{there: map[string]bool{}} }

func (w *workshop) artifact(name string, lane Lane, takes time.Duration, needs ...*Artifact) *Artifact {
	return &Artifact{
		Name: name, Lane: lane, Takes: takes, Needs: needs,
		Ready: func(context.Context) (bool, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.there[name], nil
		},
		Make: func(context.Context) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.order = append(w.order, name)
			w.there[name] = true
			return nil
		},
	}
}

func (w *workshop) made() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.order...)
}

func TestArtifactsAreMadeAfterWhatTheyNeed(t *testing.T) {
	t.Parallel()
	w := newWorkshop()
	modules := w.artifact("modules", Network, time.Second)
	program := w.artifact("program", Compile, time.Minute, modules)
	image := w.artifact("image", Image, time.Second, program)
	require.NoError(t, New(t.TempDir()).Make(t.Context(), image))
	assert.Equal(t, []string{"modules", "program", "image"}, w.made())
}

func TestWhatIsReadyIsNotMadeAgainAndItsNeedsAreNotAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorkshop()
	program := w.artifact("program", Compile, time.Minute)
	image := w.artifact("image", Image, time.Second, program)
	p := New(t.TempDir())
	require.NoError(t, p.Make(t.Context(), image))
	delete(w.there, "program")
	require.NoError(t, p.Make(t.Context(), image))
	assert.Equal(t, []string{"program", "image"}, w.made())
}

func TestAnInterruptedPlanGoesOnWithWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorkshop()
	program := w.artifact("program", Compile, time.Minute)
	image := w.artifact("image", Image, time.Second, program)
	build := image.Make
	ctx, interrupt := context.WithCancel(t.Context())
	image.Make = func(ctx context.Context) error {
		interrupt()
		<-ctx.Done() // as a program that runs would be
		return ctx.Err()
	}
	locks := t.TempDir()
	require.ErrorIs(t, New(locks).Make(ctx, image), context.Canceled)
	image.Make = build
	require.NoError(t, New(locks).Make(t.Context(), image))
	assert.Equal(t, []string{"program", "image"}, w.made())
}

func TestTheMostUrgentProgramIsCompiledFirstEvenIfItsModulesComeLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorkshop()
		modules := w.artifact("modules", Network, time.Second)
		quick, slow := make(chan struct{}), modules.Make
		modules.Make = func(ctx context.Context) error {
			<-quick // until the other program could long have begun
			time.Sleep(20 * time.Millisecond)
			return slow(ctx)
		}
		urgent := w.artifact("urgent", Compile, time.Minute, modules)
		urgent.Then = time.Minute
		fetched := w.artifact("fetched", Network, time.Second)
		fetch := fetched.Make
		fetched.Make = func(ctx context.Context) error { defer close(quick); return fetch(ctx) }
		other := w.artifact("other", Compile, time.Minute, fetched)
		require.NoError(t, New(t.TempDir()).Make(t.Context(), other, urgent))
		assert.Equal(t, []string{"fetched", "modules", "urgent", "other"}, w.made())
	})
}

func TestCallsAtTheSameTimeShareTheWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorkshop()
		debian := w.artifact("debian", Image, time.Second)
		make1 := debian.Make
		debian.Make = func(ctx context.Context) error { time.Sleep(20 * time.Millisecond); return make1(ctx) }
		p := New(t.TempDir())
		var group sync.WaitGroup
		for _, name := range []string{"python", "node", "postgres"} {
			image := w.artifact(name, Image, time.Second, debian)
			group.Go(func() { assert.NoError(t, p.Make(t.Context(), image)) })
		}
		group.Wait()
		assert.Equal(t, 1, strings.Count(strings.Join(w.made(), " "), "debian"))
		assert.Len(t, w.made(), 4)
	})
}

func TestOneCompilerRunsAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorkshop()
		var mu sync.Mutex
		running, most := 0, 0
		var goals []*Artifact
		for _, name := range []string{"a", "b", "c"} {
			a := w.artifact(name, Compile, time.Second)
			a.Make = func(context.Context) error {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(5 * time.Millisecond)
				mu.Lock()
				running--
				mu.Unlock()
				return nil
			}
			goals = append(goals, a)
		}
		require.NoError(t, New(t.TempDir()).Make(t.Context(), goals...))
		assert.Equal(t, 1, most)
	})
}

func TestAFailureNamesTheArtifactAndCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorkshop()
	modules := w.artifact("helm's modules", Network, time.Second)
	modules.Doing = "downloading"
	fetch := modules.Make
	modules.Make = func(context.Context) error { return errors.New("no route to host") }
	helm := w.artifact("helm", Compile, time.Second, modules)
	p := New(t.TempDir())
	require.EqualError(t, p.Make(t.Context(), helm), "downloading helm's modules: no route to host")
	modules.Make = fetch
	require.NoError(t, p.Make(t.Context(), helm))
	assert.Equal(t, []string{"helm's modules", "helm"}, w.made())
}

func TestACallThatIsCancelledLeavesWhatAnotherOneWaitsFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorkshop()
		began, finish := make(chan struct{}), make(chan struct{})
		debian := w.artifact("debian", Image, time.Second)
		build := debian.Make
		debian.Make = func(ctx context.Context) error {
			close(began)
			select {
			case <-finish:
				return build(ctx)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		p := New(t.TempDir())
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- p.Make(ctx, debian) }()
		<-began
		python := w.artifact("python", Image, time.Second, debian)
		go func() { second <- p.Make(t.Context(), python) }()
		synctest.Wait()
		require.True(t, p.active(python))
		cancel()
		require.ErrorIs(t, <-first, context.Canceled)
		close(finish)
		require.NoError(t, <-second)
		assert.Equal(t, []string{"debian", "python"}, w.made())
	})
}

func TestASecondProcessWaitsAndThenFindsItMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorkshop()
		helm := w.artifact("helm", Compile, time.Second)
		build, began := helm.Make, make(chan struct{})
		helm.Make = func(ctx context.Context) error {
			close(began)
			time.Sleep(20 * time.Millisecond)
			return build(ctx)
		}
		locks := t.TempDir() // two plans with one folder of locks are as two processes
		first := make(chan error, 1)
		go func() { first <- New(locks).Make(t.Context(), helm) }()
		<-began
		require.NoError(t, New(locks).Make(t.Context(), helm))
		require.NoError(t, <-first)
		assert.Equal(t, []string{"helm"}, w.made())
	})
}

func TestProgressSaysWhatIsMadeWhatForAndHowFarItIs(t *testing.T) {
	t.Parallel()
	w := newWorkshop()
	image := w.artifact("node:24-slim", Image, 5*time.Minute)
	image.Why = "the frontend's image"
	var out strings.Builder
	err := report.Plain(&out).Run(t.Context(), "images", func(ctx context.Context) (string, error) {
		return "", New(t.TempDir()).Make(ctx, image)
	})
	require.NoError(t, err)
	assert.Contains(t, out.String(), "building node:24-slim for the frontend's image · 0 of 1, 0%, about 5 min left")
}
