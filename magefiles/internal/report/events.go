package report

import (
	"encoding/json"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// Event is a line of what is printed for programs. docs/json.md says what each field means.
type Event struct {
	Time    time.Time `json:"time"`
	Event   string    `json:"event"`
	Step    string    `json:"step,omitempty"`
	Part    string    `json:"part,omitempty"`
	Text    string    `json:"text,omitempty"`
	Seconds float64   `json:"seconds,omitempty"`
	Data    any       `json:"data,omitempty"`
}

// Events are the kinds of events that every command may print; Show adds its own.
var Events = []string{"started", "progress", "info", "warning", "done", "failed", "stopped", "text", "log"}

// JSON has all that is printed from now on be an event a line.
func (r *Reporter) JSON() { r.update(func() { r.events, r.live = json.NewEncoder(r.out), false }) }

// Show prints text for people, or data for programs, as an event of that kind.
func (r *Reporter) Show(kind string, data any, text string) {
	r.update(func() { r.tell(Event{Event: kind, Data: data}, text) })
}

// tell prints an event: as it is for programs, as line for people. Only within update.
func (r *Reporter) tell(e Event, line string) {
	if r.events == nil {
		r.println(line)
		return
	}
	e.Time, e.Text = time.Now().UTC(), r.Printable(ansi.Strip(e.Text))
	text, err := json.Marshal(e.Data)
	if err == nil {
		err = json.Unmarshal(text, &e.Data)
	}
	if err != nil { // data of a type that is no JSON: a mistake in this program
		e.Text, e.Data = err.Error(), nil
	}
	e.Data = r.printable(e.Data)
	_ = r.events.Encode(e)
}

// printable is a value of JSON whose texts are printable. Redacting what is encoded would miss a secret with a quote.
func (r *Reporter) printable(value any) any {
	switch v := value.(type) {
	case string:
		return r.Printable(ansi.Strip(v))
	case []any:
		for i := range v {
			v[i] = r.printable(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = r.printable(v[key])
		}
	}
	return value
}
