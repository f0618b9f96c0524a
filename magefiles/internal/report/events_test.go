package report

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForProgramsEachLineIsAnEventWithoutSecrets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		r := Plain(&out)
		r.Redact(`hunter"2`)
		r.JSON()
		broken := errors.New(`no hunter"2`)
		_ = r.Run(t.Context(), "build", func(ctx context.Context) (string, error) {
			Progress(ctx, "half way")
			Info(ctx, "two\nlines")
			Warn(ctx, "little disk")
			time.Sleep(1500 * time.Millisecond)
			return "built", nil
		})
		_ = r.Run(t.Context(), "install", func(context.Context) (string, error) { return "", broken })
		r.Print("\n done \n")
		_, _ = r.ServerLog("backend").Write([]byte("{\"message\": \"hunter\\\"2\"}\nhunter\"2\n"))
		r.Show("status", map[string]any{"files": []string{`a hunter"2`}, "revision": 3}, "a table")

		var got []map[string]any
		for line := range strings.Lines(out.String()) {
			var e map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &e), line)
			assert.Equal(t, "2000-01-01T00:00:0", e["time"].(string)[:18])
			delete(e, "time")
			got = append(got, e)
		}
		assert.Equal(t, []map[string]any{
			{"event": "started", "step": "build"},
			{"event": "progress", "step": "build", "text": "half way"},
			{"event": "info", "step": "build", "text": "two\nlines"},
			{"event": "warning", "step": "build", "text": "little disk"},
			{"event": "done", "step": "build", "text": "built", "seconds": 1.5},
			{"event": "started", "step": "install"},
			{"event": "failed", "step": "install", "text": "no [redacted]"},
			{"event": "text", "text": "done"},
			{"event": "log", "part": "backend", "data": map[string]any{"message": "[redacted]"}},
			{"event": "log", "part": "backend", "text": "[redacted]"},
			{"event": "status", "data": map[string]any{"files": []any{"a [redacted]"}, "revision": 3.0}},
		}, got)
	})
}

func TestWhatIsNoJSONIsSaid(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := Plain(&out)
	r.JSON()
	r.Show("status", func() {}, "")
	assert.Contains(t, out.String(), "unsupported type")
}
