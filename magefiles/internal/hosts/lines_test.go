package hosts

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLines(t *testing.T) {
	t.Parallel()
	const ours = "127.0.0.1 todo.local # todo-app"
	for name, tt := range map[string]struct{ without, with string }{
		"an empty file":                      {"", ours + "\n"},
		"other lines stay":                   {"127.0.0.1\tlocalhost\n\n# a  comment \n", "127.0.0.1\tlocalhost\n\n# a  comment \n" + ours + "\n"},
		"CRLF stays CRLF":                    {"127.0.0.1 localhost\r\n", "127.0.0.1 localhost\r\n" + ours + "\r\n"},
		"other projects' marked lines":       {"10.0.0.1 x.local # todo-app\n", "10.0.0.1 x.local # todo-app\n" + ours + "\n"},
		"a name that ends with this one":     {"10.0.0.1 my-todo.local # todo-app\n", "10.0.0.1 my-todo.local # todo-app\n" + ours + "\n"},
		"a marked line with more names":      {"10.0.0.1 x todo.local # todo-app\n", "10.0.0.1 x todo.local # todo-app\n" + ours + "\n"},
		"a commented mapping":                {"# 127.0.0.1 todo.local\n", "# 127.0.0.1 todo.local\n" + ours + "\n"},
		"a mark that is followed by a word":  {"10.0.0.1 todo.local # todo-apps\n", "10.0.0.1 todo.local # todo-apps\n" + ours + "\n"},
		"bytes that are no UTF-8 stay bytes": {"# \xff\xfe\n", "# \xff\xfe\n" + ours + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.with, withLine(tt.without, "todo.local", "127.0.0.1"))
			assert.Equal(t, tt.with, withLine(tt.with, "todo.local", "127.0.0.1"), "adding it again changes nothing")
			assert.Equal(t, tt.without, withoutLine(tt.with, "todo.local"), "removing it gives the file as it was")
			assert.Equal(t, tt.without, withoutLine(tt.without, "todo.local"))
		})
	}
}

func TestLineIsChangedWhereItStands(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ before, after string }{
		"in the middle":    {"a\n10.0.0.9 todo.local # todo-app\nb\n", "a\n127.0.0.1 todo.local # todo-app\nb\n"},
		"with CRLF":        {"a\r\n10.0.0.9 todo.local # todo-app\r\nb\r\n", "a\r\n127.0.0.1 todo.local # todo-app\r\nb\r\n"},
		"without line end": {"a\n10.0.0.9 todo.local # todo-app", "a\n127.0.0.1 todo.local # todo-app"},
		"written twice":    {"10.0.0.9 todo.local # todo-app\na\n10.0.0.8 todo.local # todo-app\nb", "127.0.0.1 todo.local # todo-app\na\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.after, withLine(tt.before, "todo.local", "127.0.0.1"))
		})
	}
}

func TestFileWithoutNewlineAtItsEndGetsOneBeforeTheLine(t *testing.T) {
	t.Parallel()
	with := withLine("127.0.0.1 localhost", "todo.local", "127.0.0.1")
	assert.Equal(t, "127.0.0.1 localhost\n127.0.0.1 todo.local # todo-app\n", with)
	assert.Equal(t, "127.0.0.1 localhost\n", withoutLine(with, "todo.local"))
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
			assert.Equal(t, tt.want, lineOfOthers("127.0.0.1 localhost\n"+tt.content, "todo.local"))
		})
	}
}
