package hosts

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var local = entry{host: "todo.local", owner: me, address: "127.0.0.1"}

const (
	me   = "n@x"
	line = "127.0.0.1 todo.local # todo-app n@x"
	ours = line + "\n"
)

func TestFilesOfRealSystemsGetOneLineAndLoseItAgain(t *testing.T) {
	t.Parallel()
	for name, added := range map[string]string{
		"empty":                  ours,
		"ubuntu":                 ours,
		"debian-tabs":            ours,
		"macos":                  ours,
		"macos-docker-desktop":   ours,
		"wsl2":                   ours,
		"latin1-no-newline":      "\n" + line,
		"windows-11":             line + "\r\n",
		"windows-bom":            line + "\r\n",
		"windows-docker-desktop": line + "\r\n",
		"windows-unterminated":   "\r\n" + line,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := captured(t, name)
			with := local.addTo(before)
			assert.Equal(t, before+added, with)
			assert.Equal(t, with, local.addTo(with), "adding it again changes nothing")
			elsewhere := entry{host: "todo.local", owner: me, address: "192.168.49.2"}
			assert.Equal(t, before, elsewhere.removeFrom(elsewhere.addTo(with)),
				"nor does another address leave anything behind")
			assert.Equal(t, before, local.removeFrom(with), "removing it gives the file as it was")
			assert.Equal(t, before, local.removeFrom(before))
		})
	}
}

// captured is a hosts file as that system has it.
func captured(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(content)
}

func TestLines(t *testing.T) {
	t.Parallel()
	for name, without := range map[string]string{
		"other lines stay":                   "127.0.0.1\tlocalhost\n\n# a  comment \n",
		"other projects' marked lines":       "10.0.0.1 x.local # todo-app\n",
		"a name that ends with this one":     "10.0.0.1 my-todo.local # todo-app\n",
		"a marked line with more names":      "10.0.0.1 x todo.local # todo-app\n",
		"a commented mapping":                "# 127.0.0.1 todo.local\n",
		"another deployment's line":          "10.0.0.1 todo.local # todo-app other@x\n",
		"a mark that is followed by a word":  "10.0.0.1 todo.local # todo-apps\n",
		"bytes that are no UTF-8 stay bytes": "# \xff\xfe\n",
		"nothing but the end of a line":      "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, without+ours, local.addTo(without))
			assert.Equal(t, without, local.removeFrom(without+ours))
		})
	}
}

func TestAddingAndRemovingUndoEachOtherInAnyFile(t *testing.T) {
	t.Parallel()
	pieces := []string{"127.0.0.1", "localhost", "todo.local", "# todo-app", " ", "\t", "\n", "\r\n", "\r",
		"\xef\xbb\xbf", "\xff", "#", "todo-app", "é"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var content strings.Builder
		for range random.IntN(30) {
			content.WriteString(pieces[random.IntN(len(pieces))])
		}
		addAndRemove(t, content.String())
	}
}

func FuzzAddingAndRemoving(f *testing.F) {
	f.Add("127.0.0.1 localhost\r\n# todo-app")
	f.Fuzz(addAndRemove)
}

// addAndRemove checks what holds for every file that has no line of the project's.
func addAndRemove(t *testing.T, content string) {
	if local.ownAddress(content) != "" {
		return
	}
	with := local.addTo(content)
	assert.Equal(t, content, local.removeFrom(with))
	assert.Equal(t, with, local.addTo(with))
	assert.Equal(t, "127.0.0.1", local.ownAddress(with))
	at, old, fresh := difference(content, with)
	assert.Equal(t, with, content[:at]+fresh+content[at+len(old):])
}

func TestLineIsChangedWhereItStands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ before, after string }{
		"in the middle": {"a\n10.0.0.9 todo.local # todo-app\nb\n", "a\n127.0.0.1 todo.local # todo-app n@x\nb\n"},
		"with CRLF": {"a\r\n10.0.0.9 todo.local # todo-app\r\nb\r\n",
			"a\r\n127.0.0.1 todo.local # todo-app n@x\r\nb\r\n"},
		"without line end": {"a\n10.0.0.9 todo.local # todo-app", "a\n127.0.0.1 todo.local # todo-app n@x"},
		"written twice": {"10.0.0.9 todo.local # todo-app\na\n10.0.0.8 todo.local # todo-app\nb",
			"127.0.0.1 todo.local # todo-app n@x\na\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.after, local.addTo(tt.before))
		})
	}
}

func TestFileWithoutALineEndGetsTheSystems(t *testing.T) {
	t.Parallel()
	windows := local
	windows.end = "\r\n"
	assert.Equal(t, line+"\r\n", windows.addTo(""))
	assert.Equal(t, "10.0.0.5 nas\r\n"+line, windows.addTo("10.0.0.5 nas"))
	assert.Equal(t, "x\n"+ours, windows.addTo("x\n"), "a file that has some keeps its own")
}

func TestLinesOfOthers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ content, want string }{
		"the only name":              {"10.0.0.9 todo.local\n", "10.0.0.9 todo.local"},
		"one of several names":       {"10.0.0.9\tx todo.local y # mine\r\n", "10.0.0.9\tx todo.local y # mine"},
		"in other letters":           {"10.0.0.9 Todo.Local\n", "10.0.0.9 Todo.Local"},
		"ours, to which x was added": {"10.0.0.9 x todo.local # todo-app\n", "10.0.0.9 x todo.local # todo-app"},
		"ours":                       {"10.0.0.9 todo.local # todo-app\n", ""},
		"in a comment":               {"#10.0.0.9 todo.local\n10.0.0.9 x # todo.local\n", ""},
		"a part of a name":           {"10.0.0.9 todo.local.example my.todo.local\n", ""},
		"as an address":              {"todo.local x\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, local.foreignLine("127.0.0.1 localhost\n"+tt.content))
		})
	}
}

func TestALineGoesWithTheDeploymentThatWroteIt(t *testing.T) {
	t.Parallel()
	other := entry{host: "todo.local", owner: "n@y", address: "10.0.0.9"}
	with := other.addTo("x\n")
	assert.Equal(t, "10.0.0.9 todo.local # todo-app n@y\n", strings.TrimPrefix(with, "x\n"))
	assert.Equal(t, with, local.removeFrom(with))
	assert.Equal(t, "10.0.0.9 todo.local # todo-app n@y", local.foreignLine(with), "it is not overwritten either")
	for address, stays := range map[string]bool{"10.0.0.9": false, "10.0.0.8": true} {
		const earlier = "10.0.0.9 todo.local # todo-app\n"
		removing := entry{host: "todo.local", owner: me, former: []string{address}}
		want := map[bool]string{true: earlier, false: ""}[stays]
		assert.Equal(t, want, removing.removeFrom(earlier), "an earlier version's line")
	}
	assert.Equal(t, "n@arn_aws-cn_eks_", Owner("n", "arn/aws-cn eks$"))
}
