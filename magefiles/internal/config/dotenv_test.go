package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDotenvKeepsEveryCharacterOfAValue(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ line, want string }{
		"a comment in the place of a value":  {"KEY= # none yet", ""},
		"a comment directly after the =":     {"KEY=#none", ""},
		"nothing":                            {"KEY=", ""},
		"a comment after a value":            {"KEY=a b # c", "a b"},
		"a # within a value":                 {"KEY=a#b", "a#b"},
		"an = within a value":                {"KEY=a=b==", "a=b=="},
		"a \\ outside of quotes":             {`KEY=C:\new`, `C:\new`},
		"quotes within a value":              {`KEY=it's "so"`, `it's "so"`},
		"blanks around both":                 {"  export KEY\t = \t a ", "a"},
		"a $ in single quotes":               {`KEY='pa$WORD9'`, "pa$WORD9"},
		"a # in single quotes":               {`KEY=' # ' # x`, " # "},
		"a \\ in single quotes":              {`KEY='a\nb\'`, `a\nb\`},
		"escapes in double quotes":           {`KEY="a\"b\\c\$d\ne"`, "a\"b\\c$d\ne"},
		"a quote of the other kind":          {`KEY="it's"`, "it's"},
		"nothing in quotes":                  {`KEY=""`, ""},
		"a value of two lines":               {"KEY='a\nb'", "a\nb"},
		"Windows' line ends within a value":  {"KEY='a\r\nb'\r\n", "a\nb"},
		"Windows' line ends after a value":   {"KEY=a\r\n", "a"},
		"the line ends of an old Mac":        {"A=b\rKEY=a\rC=d", "a"},
		"a byte order mark":                  {"\ufeffKEY=a", "a"},
		"the last of two":                    {"KEY=a\nKEY=b", "b"},
		"letters beyond ASCII":               {"KEY=pässwörd", "pässwörd"},
		"a URL with options and no quotes":   {"KEY=postgresql://u:p@h/d?a=b&c=d", "postgresql://u:p@h/d?a=b&c=d"},
		"a line of blanks and one with a #":  {" \t\n # KEY=b\nKEY=a", "a"},
		"a value whose lines look as others": {"KEY='a\nKEY=b\n# c'", "a\nKEY=b\n# c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := parseDotenv(tt.line)
			require.NoError(t, err)
			assert.Equal(t, tt.want, values["KEY"])
		})
	}
}

func TestAWrongLineOfDotenvIsToldWithTheReasonAndNotShown(t *testing.T) {
	t.Parallel()
	const inQuotes = "put the value in single quotes to keep the $"
	for name, tt := range map[string]struct{ text, says string }{
		"an unterminated quote":      {"TODO_HOST=a\n\nKEY=\"hunter2\n\nX=y\n", "line 3 begins a quote that nothing closes"},
		"a name that is none":        {"TODO_HOST=a\n# secret\nOPENAI-API-KEY=hunter2\n", "line 3 has a name"},
		"no equals sign":             {"TODO_HOST=a\n\nhunter2\n", "line 3 has no ="},
		"a URL after a blank":        {"TODO_HOST=a\n\nKEY postgresql://u:hunter2@db/todo?a=b\n", "line 3 has a name"},
		"Windows' line ends":         {"TODO_HOST=a\r\n\r\nOPENAI-API-KEY=hunter2\r\n", "line 3 has a name"},
		"after a value of two lines": {"A='b\nc'\nhunter2\n", "line 3 has no ="},
		"after a comment and a mark": {"\ufeff# x\n\nhunter2\n", "line 3 has no ="},
		"a bare $": {"A=b\n\nKEY=hunter2$WORD9\n",
			"line 3 has a $, and nothing is put in for one: " + inQuotes},
		"a variable":             {"A=b\n\nKEY=$HOME/hunter2\n", inQuotes},
		"a $ in double quotes":   {"A=b\n\nKEY=\"hunter2${X}\"\n", inQuotes},
		"text after a quote":     {"A=b\n\nKEY='hunter2'x\n", "line 3 goes on after the closing quote"},
		"a quote within a quote": {"A=b\n\nKEY='it\\'s hunter2'\n", "line 3 goes on after the closing quote"},
		"an escape that is none": {"A=b\n\nKEY=\"hunter2\\x\"\n",
			`line 3 has a \ that begins none of \\ \" \$ \n \r \t`},
		"a letter of Latin-1":            {"A=b\n\nKEY=hunter2\xe9\n", "line 3 holds a character that is not UTF-8"},
		"UTF-16 of Windows":              {"\xff\xfeK\x00=\x00h\x00", "it is UTF-16 or no text: save it as UTF-8"},
		"UTF-16 without its mark":        {"\x00K\x00=\x00h", "it is UTF-16 or no text"},
		"the second of two wrong lines":  {"hunter2\nA=b\n$\n", "line 3 has no ="},
		"YAML in the place of the lines": {"A=b\n\nKEY: hunter2\n", "line 3 has no ="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, tt.text, nil)
			require.Error(t, err)
			assert.Contains(t, err.Error(), ".env: ")
			assert.Contains(t, err.Error(), tt.says)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}
