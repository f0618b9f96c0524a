package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlainLinesOfAStep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := Plain(&out)
		err := r.Run(t.Context(), "images", func(ctx context.Context) (string, error) {
			Progress(ctx, "building %s", "backend")
			Progress(ctx, "building %s", "backend") // the same again is no news
			time.Sleep(1500 * time.Millisecond)
			Warn(ctx, "little disk\nonly 1 GB")
			Info(ctx, "100%% of %d", 2)
			return "unchanged", nil
		})
		require.NoError(t, err)
		r.Print("the end")
		assert.Equal(t, ""+
			"   images    building backend\n"+
			" ! images    little disk\n"+
			"             only 1 GB\n"+
			"   images    100% of 2\n"+
			" ✓ images      1.5s  unchanged\n"+
			"the end\n", out.String())
	})
}

func TestStepsStateAndTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		r := Plain(&out)
		broken := errors.New("broken")
		took := func(d time.Duration, err error) func(context.Context) (string, error) {
			return func(context.Context) (string, error) { time.Sleep(d); return "note", err }
		}
		assert.NoError(t, r.Run(t.Context(), "good", took(time.Second, nil)))
		assert.ErrorIs(t, r.Run(t.Context(), "bad", took(2*time.Second, broken)), broken)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, r.Run(ctx, "late", took(3*time.Second, context.Canceled)), context.Canceled)
		assert.NoError(t, r.Run(ctx, "ended", took(0, nil)),
			"a step that ended well is done, whatever its context says")

		assert.Equal(t, " ✓ good        1.0s  note\n ✗ bad         2.0s  \n"+
			" - late        3.0s  stopped\n ✓ ended       0.0s  note\n", out.String())
		assert.Equal(t, "good 1.0s · bad 2.0s · late 3.0s · ended 0.0s · in all 6.0s", r.Times())
	})
}

func TestRunningStepIsSeen(t *testing.T) {
	t.Parallel()
	r := Plain(&bytes.Buffer{})
	_ = r.Run(t.Context(), "one", func(ctx context.Context) (string, error) {
		Progress(ctx, "half way")
		require.Len(t, r.steps, 1)
		assert.Empty(t, r.steps[0].end)
		assert.Equal(t, "half way", r.steps[0].note)
		return "", nil
	})
}

func TestTimesOfOverlappingStepsAreNotAdded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := Plain(&bytes.Buffer{})
		assert.Empty(t, r.Times())
		var wg sync.WaitGroup
		for _, d := range []time.Duration{2 * time.Second, 2 * time.Second} {
			wg.Go(func() {
				_ = r.Run(t.Context(), "step", func(context.Context) (string, error) { time.Sleep(d); return "", nil })
			})
		}
		wg.Wait()
		assert.Equal(t, "step 2.0s · step 2.0s · in all 2.0s", r.Times())
	})
}

func TestNothingIsSaidOutsideOfAStep(t *testing.T) {
	t.Parallel()
	assert.NotPanics(t, func() {
		Progress(t.Context(), "x")
		Info(t.Context(), "x")
		Warn(t.Context(), "x")
	})
}

func TestSecretsAreRedactedEverywhere(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := Plain(&out)
	r.Redact("hunter2", "", "hunter2-and-more")
	_ = r.Run(t.Context(), "hunter2", func(ctx context.Context) (string, error) {
		Progress(ctx, "a hunter2")
		Info(ctx, "b %s", "hunter2-and-more")
		Warn(ctx, "c\nhunter2")
		_, _ = fmt.Fprintf(r.Writer(), "d %s\n", "hunter2")
		return "e hunter2", nil
	})
	r.Print(Table([]string{"hunter2"}, [][]string{{"hunter2"}}))
	assert.NotContains(t, out.String(), "hunter2")
	assert.NotContains(t, out.String(), "-and-more", "the longer of two secrets is redacted as a whole")
	assert.Contains(t, out.String(), "e [redacted]\n", "an empty secret redacts nothing")
	assert.Equal(t, "plain", r.Printable("plain"))
}

func TestWriterPrintsWholeLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := Plain(&out).Writer()
	for _, part := range []string{"on", "e\r\ntwo\n\nthr", "ee"} {
		n, err := w.Write([]byte(part))
		require.NoError(t, err)
		assert.Equal(t, len(part), n)
	}
	assert.Equal(t, "   one\n   two\n   \n", out.String())
}

func TestPlainOutputHasNoEscapeSequences(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/out")
	require.NoError(t, err)
	defer f.Close()
	r := New(f)
	_ = r.Run(t.Context(), "one", func(ctx context.Context) (string, error) {
		Warn(ctx, "\x1b[31mred\x1b[0m")
		return "", errors.New("x")
	})
	r.Print(Table([]string{"what", "how"}, [][]string{{"a", "b"}, {"c", "d"}}))
	text, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	assert.NotContains(t, string(text), "\x1b")
	assert.Contains(t, string(text), "red")
}

func TestConcurrentStepsKeepTheirLinesWhole(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r := Plain(&out)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			_ = r.Run(t.Context(), fmt.Sprintf("s%d", i), func(ctx context.Context) (string, error) {
				Progress(ctx, "working")
				return "well", nil
			})
		})
	}
	wg.Wait()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	assert.Len(t, lines, 40)
	for _, line := range lines {
		assert.Regexp(t, `^(   s\d+ +working| ✓ s\d+ +0\.\ds  well)$`, line)
	}
}

func TestTableLinesUp(t *testing.T) {
	t.Parallel()
	lines := strings.Split(Table([]string{"what", "how"}, [][]string{{"x", "first"}, {"longer name", "second"}}), "\n")
	column := func(word string) int {
		for _, line := range lines {
			if i := strings.Index(line, word); i >= 0 {
				return i
			}
		}
		return -1
	}
	assert.Positive(t, column("first"))
	assert.Equal(t, column("first"), column("second"))
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"0.0s": 0, "0.4s": 420 * time.Millisecond, "12.3s": 12340 * time.Millisecond, "59.9s": 59940 * time.Millisecond,
		"1m00s": 59960 * time.Millisecond, "3m05s": 185 * time.Second, "2m00s": 119700 * time.Millisecond,
		"61m01s": 3661 * time.Second,
	} {
		assert.Equal(t, want, Seconds(d))
	}
}

func TestRunningStepsAreOffTheScreenWhileAPasswordIsAskedFor(t *testing.T) {
	t.Parallel()
	f, err := os.Create(t.TempDir() + "/out")
	require.NoError(t, err)
	defer f.Close()
	r := New(f)
	r.live = true // no terminal, but written to like one
	size := func() int64 {
		info, err := f.Stat()
		require.NoError(t, err)
		return info.Size()
	}
	broken := errors.New("wrong password")
	err = r.Run(t.Context(), "hosts", func(ctx context.Context) (string, error) {
		return "", Aside(ctx, func() error {
			begun := size()
			r.update(func() { r.frame++ }) // as the ticker does
			assert.Equal(t, begun, size())
			return broken
		})
	})
	assert.ErrorIs(t, err, broken)
	text, err := os.ReadFile(f.Name())
	require.NoError(t, err)
	assert.Contains(t, string(text), "\x1b[1A\x1b[J", "the step was drawn, and taken away")
	assert.NoError(t, Aside(t.Context(), func() error { return nil }), "outside of a step, too")
}

func TestNobodyIsAskedWithoutATerminal(t *testing.T) {
	t.Parallel()
	in, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer in.Close()
	_, err = Plain(t.Output()).Ask(t.Context(), in, "Really?")
	assert.ErrorIs(t, err, ErrNobody)
}
