package appbench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// siteOf serves a page, and scripts of the sizes that it names: /_next/static/1000.js has 1000 bytes.
func siteOf(t *testing.T, page string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var size int
		body := page
		if _, err := fmt.Sscanf(r.URL.Path, "/_next/static/%d.js", &size); err == nil {
			assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
			body = strings.Repeat("x", size)
		}
		_, _ = fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestScriptsOfAPageAreCountedOnceAndWithoutThoseForOldBrowsers(t *testing.T) {
	t.Parallel()
	app := siteOf(t, `<link rel="stylesheet" href="/_next/static/7.css"/>
<link rel="preload" as="script" href="/_next/static/40000.js"/>
<script src="/_next/static/40000.js" async=""></script><script async src="/_next/static/25000.js"></script>
<script src="/_next/static/9000.js" noModule=""></script><script>inline("/_next/static/5.js")</script>`)
	plain := siteOf(t, `<script src="/_next/static/30000.js"></script>`)
	line, err := ownScripts(t.Context(), app, plain)
	require.NoError(t, err)
	assert.Equal(t, "35 kB gzip (plain page 30 kB)", line.measured)
	assert.Equal(t, "missed", line.verdict)
}

func TestAPageWithoutScriptsIsNotCounted(t *testing.T) {
	t.Parallel()
	_, err := ownScripts(t.Context(), siteOf(t, "<p>"), siteOf(t, "<p>"))
	require.ErrorContains(t, err, "its page asks for none")
}
