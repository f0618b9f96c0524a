package leak

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"al.essio.dev/pkg/shellescape"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secret has what each form writes in another way.
const secret = `a@%#$"' é€😀 b\c+d/e&f<g`

func TestAPartOfASecretIsFoundInEachForm(t *testing.T) {
	t.Parallel()
	inJSON := func(text string) string {
		out, err := json.Marshal(text)
		require.NoError(t, err)
		return string(out)
	}
	base := base64.StdEncoding.EncodeToString
	forms := map[string]func(string) string{
		"as it is":          func(text string) string { return text },
		"a URL's path":      url.PathEscape,
		"a URL's query":     url.QueryEscape,
		"a URL's password":  func(text string) string { return url.UserPassword("u", text).String() },
		"small hexadecimal": func(text string) string { return strings.ToLower(url.QueryEscape(text)) },
		"JSON":              inJSON,
		"JSON in ASCII":     strconv.QuoteToASCII,
		"JSON in JSON":      func(text string) string { return inJSON(inJSON(text)) },
		"bytes of Python's": ascii,
		"a shell's quotes":  shellescape.Quote,
		"quotes of YAML's":  func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" },
		"HTML":              html.EscapeString,
		"base64":            func(text string) string { return base([]byte(text)) },
		"base64 one later":  func(text string) string { return base([]byte("x" + text)) },
		"base64 two later":  func(text string) string { return base([]byte("xy" + text + "z")) },
		"base64 for URLs":   func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) },
		"base64 in base64":  func(text string) string { return base([]byte(base([]byte(text)))) },
		"base64 in lines":   func(text string) string { s := base([]byte(text)); return s[:5] + "\n" + s[5:] },
		"base64 of a URL":   func(text string) string { return base([]byte(url.PathEscape(text))) },
	}
	characters := []rune(secret)
	for name, write := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := 0; i+shortest <= len(characters); i++ {
				planted := "log: " + write(string(characters[i:i+shortest])) + " end"
				assert.NotEmpty(t, Find(planted, secret), planted)
			}
			planted := "log: " + write("sword") + " end"
			assert.Empty(t, Find(planted, "swordfish"), "five characters may be a word of the log's own: %s", planted)
		})
	}
}

// ascii writes the bytes beyond ASCII as \xNN.
func ascii(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		if b < 0x80 && b != '\\' {
			out.WriteByte(b)
		} else {
			out.WriteString(`\x` + strconv.FormatUint(uint64(b), 16))
		}
	}
	return out.String()
}

func TestWhatIsFoundIsSaidWithoutTheSecret(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "its characters from 3 on, percent-encoded", Find("x sw%6f%72dfi x", "s:swordfish"))
	assert.Empty(t, Find("much text, and nothing of it", "s swordfish"))
}
