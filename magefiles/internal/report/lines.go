package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"todo-app/magefiles/internal/lines"
)

// Writer returns a writer whose lines are printed between the steps' own, redacted like them.
func (r *Reporter) Writer() io.Writer { return lines.To(func(line string) { r.Print("   " + line) }) }

// serverColours tell servers apart in one log.
var serverColours = map[string]lipgloss.Style{
	"backend":  lipgloss.NewStyle().Foreground(lipgloss.Cyan),
	"frontend": lipgloss.NewStyle().Foreground(lipgloss.Magenta),
}

// ServerLog is Writer for the log of one of several servers: its lines begin with the server's name, in its own colour.
func (r *Reporter) ServerLog(server string) io.Writer {
	colour, ok := serverColours[server]
	if !ok {
		colour = faint
	}
	prefix := colour.Render(fmt.Sprintf("%-8s │", server)) + " "
	return lines.To(func(line string) {
		text := prefix + strings.ReplaceAll(readable(line), "\n", "\n"+prefix)
		e := Event{Event: "log", Part: server, Text: line}
		if record := structured(line); record != nil { // decoded, so that no secret hides behind an escape
			e.Text, e.Data = "", record
		}
		r.update(func() { r.tell(e, text) })
	})
}

// readable writes a line of a structured log as a person reads it: the level, the message, what else there is; an
// exception's own lines come last. Other lines stay as they are.
func readable(line string) string {
	record := structured(line)
	if record == nil {
		return line
	}
	text := fmt.Sprintf("%-7v %v", record["level"], record["message"])
	exception := record["exception"]
	for _, known := range []string{"level", "message", "timestamp", "logger", "exception"} {
		delete(record, known)
	}
	for _, key := range slices.Sorted(maps.Keys(record)) {
		text += faint.Render(fmt.Sprintf("  %s=%v", key, record[key]))
	}
	if exception != nil {
		text += "\n" + strings.TrimSpace(fmt.Sprint(exception))
	}
	return text
}

// structured is the record of a line of a structured log; nil where it is none.
func structured(line string) map[string]any {
	var record map[string]any
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &record) != nil || record["message"] == nil {
		return nil
	}
	return record
}
