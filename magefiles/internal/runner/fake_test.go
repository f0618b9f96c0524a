package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFakeAnswersByPrefixInOrder(t *testing.T) {
	t.Parallel()
	f := NewFake(t, Reply{Prefix: "a b", Output: "first", Times: 2}, Reply{Prefix: "a b", Fails: "worn out"})
	f.Expect(Reply{Prefix: "a", Output: "short"}).Allow("y", "z")
	var got []string
	for range 3 {
		out, err := f.Output(t.Context(), Cmd("a", "b", "c"))
		got = append(got, out+Output(err))
	}
	assert.Equal(t, []string{"first", "first", "worn out"}, got)
	out, err := f.Output(t.Context(), Cmd("a", "x"))
	require.NoError(t, err)
	assert.Equal(t, "short", out)
	out, err = f.Output(t.Context(), Cmd("z"))
	require.NoError(t, err)
	assert.Empty(t, out, "what is allowed succeeds")
	assert.Equal(t, []string{"a b c", "a b c", "a b c", "a x", "z"}, f.Lines())
}

// testThatFails is a test that keeps what it fails with.
type testThatFails []string

func (*testThatFails) Helper() {}

func (t *testThatFails) Errorf(format string, args ...any) {
	*t = append(*t, fmt.Sprintf(format, args...))
}

func TestACallThatAFakeWasNotToldOfFailsTheTest(t *testing.T) {
	t.Parallel()
	for name, replies := range map[string][]Reply{
		"no reply at all":           nil,
		"replies to others":         {{Prefix: "docker save"}, {Prefix: "docker load x"}},
		"a reply without a prefix":  {{Output: "anything"}},
		"a reply that was used up":  {{Prefix: "docker load", Times: 1}},
		"a reply to a longer call":  {{Prefix: "docker load --quiet"}},
		"a reply to another letter": {{Prefix: "Docker load"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var failed testThatFails
			f := NewFake(&failed, replies...)
			if len(replies) > 0 && replies[0].Times == 1 {
				require.NoError(t, f.Run(t.Context(), Cmd("docker", "load")))
			}
			const call = "docker load --input x"
			require.EqualError(t, f.Run(t.Context(), Cmd("docker", "load", "--input", "x")),
				"the fake runner was not told of `"+call+"`")
			assert.Equal(t, testThatFails{"the fake runner was not told of this call: " + call}, failed)
			assert.Contains(t, f.Lines(), call)
		})
	}
}

func TestFakeKeepsInputAndEnvironmentAndWritesOutput(t *testing.T) {
	t.Parallel()
	f := NewFake(t, Reply{Prefix: "cat", Output: "out"})
	var out bytes.Buffer
	cat := Cmd("cat").WithEnv("A=1").WithStdin(strings.NewReader("in")).WithStdout(&out)
	require.NoError(t, f.Run(t.Context(), cat))
	assert.Equal(t, []Call{{Line: "cat", Stdin: "in", Env: []string{"A=1"}}}, f.Calls())
	assert.Equal(t, "out", out.String())
}

func TestFakeDoesWhatAReplySaysBeforeItAnswers(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	var read string
	f := NewFake(t, Reply{Prefix: "tee", Output: "out", Does: func(_ context.Context, c Command) error {
		in, err := io.ReadAll(c.Stdin)
		read = string(in)
		return err
	}}, Reply{Prefix: "make", Output: "out", Does: func(context.Context, Command) error { return broken }})
	out, err := f.Output(t.Context(), Cmd("tee").WithStdin(strings.NewReader("in")))
	require.NoError(t, err)
	assert.Equal(t, "out", out)
	assert.Equal(t, "in", read)
	out, err = f.Output(t.Context(), Cmd("make"))
	require.ErrorIs(t, err, broken)
	assert.Empty(t, out)

	ctx, cancel := context.WithCancelCause(t.Context())
	f.Expect(Reply{Prefix: "sleep", Does: func(ctx context.Context, c Command) error {
		cancel(broken)
		return Hangs(ctx, c)
	}})
	assert.ErrorIs(t, f.Run(ctx, Cmd("sleep")), broken)
}

func TestFakeRunsNothingAfterCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := NewFake(t)
	assert.ErrorIs(t, f.Run(ctx, Cmd("a")), context.Canceled)
	assert.Empty(t, f.Calls())
}

func TestCommandReadsAsAShellLine(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "docker run 'a b' '$x' ''", Cmd("docker", "run", "a b", "$x", "").String())
	assert.Equal(t, "cd '/a b' && ls", Cmd("ls").In("/a b").String())
}
