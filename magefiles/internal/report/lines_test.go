package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestServersShareOneLogWhoseLinesAreReadable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := Plain(&out)
	r.Redact("hunter2")
	backend, frontend := r.ServerLog("backend"), r.ServerLog("frontend")
	for _, part := range []string{
		`{"level": "info", "logger": "app", "timestamp": "now", "message": "request", "status": 200, "path": "/api"}` +
			"\n" + `{"level": "error",`,
		` "message": "lost", "exception": "Traceback\n  one"}` + "\nplain hunter2\r\n",
	} {
		_, _ = backend.Write([]byte(part))
		_, _ = frontend.Write([]byte("{no json\n"))
	}
	assert.Equal(t, "backend  │ info    request  path=/api  status=200\nfrontend │ {no json\n"+
		"backend  │ error   lost\nbackend  │ Traceback\nbackend  │   one\nbackend  │ plain [redacted]\n"+
		"frontend │ {no json\n", out.String())
}
