package runner

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFakeAnswersByPrefixInOrder(t *testing.T) {
	t.Parallel()
	f := &Fake{Replies: []Reply{{Prefix: "a b", Output: "first", Times: 2}, {Prefix: "a b", Fails: "worn out"}, {Prefix: "a", Output: "short"}}}
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
	assert.Empty(t, out, "what no reply matches succeeds")
	assert.Equal(t, []string{"a b c", "a b c", "a b c", "a x", "z"}, f.Lines())
}

func TestFakeKeepsInputAndEnvironmentAndWritesOutput(t *testing.T) {
	t.Parallel()
	f := &Fake{Replies: []Reply{{Prefix: "cat", Output: "out"}}}
	var out bytes.Buffer
	require.NoError(t, f.Run(t.Context(), Cmd("cat").WithEnv("A=1").WithStdin(strings.NewReader("in")).WithStdout(&out)))
	assert.Equal(t, []Call{{Line: "cat", Stdin: "in", Env: []string{"A=1"}}}, f.Calls())
	assert.Equal(t, "out", out.String())
}

func TestFakeRunsNothingAfterCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := &Fake{}
	assert.ErrorIs(t, f.Run(ctx, Cmd("a")), context.Canceled)
	assert.Empty(t, f.Calls())
}

func TestCommandReadsAsAShellLine(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "docker run 'a b' '$x' ''", Cmd("docker", "run", "a b", "$x", "").String())
	assert.Equal(t, "cd '/a b' && ls", Cmd("ls").In("/a b").String())
}
