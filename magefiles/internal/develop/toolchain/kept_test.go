package toolchain

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// compilerScript knows in the folder `known` which sources it has seen, and says so. It is a stand-in for Turbopack: it
// crashes where what it knows says "poison", and fails where the source says "mistake".
const compilerScript = `
mkdir -p known
if grep -q mistake source; then echo "a mistake in source"; exit 1; fi
if grep -qs poison known/sources; then echo "panicked at read_task_output" >&2; exit 1; fi
if grep -qs sigbus known/sources; then kill -BUS $$; fi
echo "knows: $(cat known/sources 2>/dev/null)"
cat source > known/sources
`

// clone is a folder to compile in; kept is shared by several.
type clone struct{ dir, kept string }

func newClone(t *testing.T, kept, source string) clone {
	t.Helper()
	c := clone{t.TempDir(), kept}
	c.write(t, "versions", "1")
	c.write(t, "source", source)
	return c
}

func (c clone) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600))
}

// compile returns what the compiler printed and what was said of the cache.
func (c clone) compile(t *testing.T) (printed, said string, err error) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", "..", ".."))
	require.NoError(t, err)
	_, err = os.ReadFile(filepath.Join(root, "frontend", "kept")) // Go keeps results until a file changes that was read
	require.NoError(t, err)
	call := Kept(t.Context(), c.kept, root, "compiler", "versions", "known", "sh", "-c", compilerScript)
	cmd := exec.Command(call.Name, call.Args...)
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// archive is the only file that is kept.
func (c clone) archive(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.kept, "kept", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	return files[0]
}

func TestAProgramStartsFromWhatItsLastRunInAnyCloneKnew(t *testing.T) {
	t.Parallel()
	kept := t.TempDir()
	printed, said, err := newClone(t, kept, "one").compile(t)
	require.NoError(t, err)
	assert.Equal(t, "knows: \n", printed)
	assert.Equal(t, "the cache known: nothing is kept of these versions: this run starts from nothing\n", said)
	next := newClone(t, kept, "two")
	printed, said, err = next.compile(t)
	require.NoError(t, err)
	assert.Equal(t, "knows: one\n", printed)
	assert.Empty(t, said)

	next.write(t, "versions", "2")
	printed, said, err = next.compile(t)
	require.NoError(t, err)
	assert.Equal(t, "knows: \n", printed, "another version knows nothing of this one's files")
	assert.Contains(t, said, "nothing is kept of these versions")
}

func TestABrokenCacheIsSaidAndStartsFromNothing(t *testing.T) {
	t.Parallel()
	noise := bytes.Repeat([]byte{0xa5, 0x17, 0x00, 0xff}, 100)
	for name, damage := range map[string]func(whole []byte) []byte{
		"cut in half":       func(whole []byte) []byte { return whole[:len(whole)/2] },
		"empty":             func([]byte) []byte { return nil },
		"filled with noise": func([]byte) []byte { return noise },
		// Of the checksum: some bits of what is packed mean nothing.
		"one bit turned": func(whole []byte) []byte { whole[len(whole)-8] ^= 4; return whole },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClone(t, t.TempDir(), "one")
			_, _, err := c.compile(t)
			require.NoError(t, err)
			whole, err := os.ReadFile(c.archive(t))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(c.archive(t), damage(whole), 0o600))
			printed, said, err := c.compile(t)
			require.NoError(t, err)
			assert.Equal(t, "knows: \n", printed)
			assert.Regexp(t, `^the cache known: what was kept is broken \(.+\): this run starts from nothing\n$`, said)
			printed, said, err = c.compile(t)
			require.NoError(t, err)
			assert.Equal(t, "knows: one\n", printed, "and the one after that is as ever")
			assert.Empty(t, said)
		})
	}
}

func TestAProgramThatCrashesOnWhatWasKeptIsTriedOnceMoreFromNothing(t *testing.T) {
	t.Parallel()
	for _, crash := range []string{"poison", "sigbus"} {
		t.Run(crash, func(t *testing.T) {
			t.Parallel()
			kept := t.TempDir()
			_, _, err := newClone(t, kept, crash).compile(t)
			require.NoError(t, err)
			c := newClone(t, kept, "one")
			printed, said, err := c.compile(t)
			require.NoError(t, err)
			assert.Contains(t, printed, "knows: \n")
			assert.Contains(t, said, "the program crashed on what was kept")
			printed, said, err = c.compile(t)
			require.NoError(t, err)
			assert.Equal(t, "knows: one\n", printed)
			assert.Empty(t, said)
		})
	}
}

func TestAMistakeInTheSourcesIsTriedOnceAndKeepsWhatWasKnown(t *testing.T) {
	t.Parallel()
	c := newClone(t, t.TempDir(), "one")
	_, _, err := c.compile(t)
	require.NoError(t, err)
	c.write(t, "source", "mistake")
	printed, said, err := c.compile(t)
	require.Error(t, err)
	assert.Equal(t, "a mistake in source\n", printed)
	assert.Empty(t, said)
	c.write(t, "source", "two")
	printed, _, err = c.compile(t)
	require.NoError(t, err)
	assert.Equal(t, "knows: one\n", printed)
}

func TestEightRunsAtOnceDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	kept := t.TempDir()
	var running sync.WaitGroup
	for range 8 {
		c := newClone(t, kept, "one")
		running.Go(func() {
			printed, _, err := c.compile(t)
			assert.NoError(t, err)
			assert.Regexp(t, "^knows: (one)?\n$", printed)
		})
	}
	running.Wait()
	printed, said, err := newClone(t, kept, "two").compile(t)
	require.NoError(t, err)
	assert.Equal(t, "knows: one\n", printed)
	assert.Empty(t, said)
}
