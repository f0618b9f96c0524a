package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"

	"todo-app/magefiles/internal/develop/local"
)

// control lets the tests do to the servers what a browser cannot. Every request is a POST; what has been done is
// answered with 204, what failed with 500 and the reason.
//
//	/database/stop, /database/start
//	/sql               runs the statement of the body
//	/backend/restart   with the settings of the body, a JSON object of environment variables; {} are the usual ones
func control(ctx context.Context, p *local.Production) http.Handler {
	actions := map[string]func(body []byte) error{
		"/database/stop":  func([]byte) error { p.App.StopServer(p.Database); return nil },
		"/database/start": func([]byte) error { return p.StartDatabase(ctx) },
		"/sql":            func(body []byte) error { _, err := p.App.Value(ctx, p.Database, string(body)); return err },
		"/backend/restart": func(body []byte) error {
			var settings map[string]string
			if err := json.Unmarshal(body, &settings); err != nil {
				return fmt.Errorf("reading the settings: %w", err)
			}
			var env []string
			for name, value := range settings {
				env = append(env, name+"="+value)
			}
			p.App.StopServer(p.Backend)
			return p.StartBackend(ctx, env...)
		},
	}
	mux := http.NewServeMux()
	var one sync.Mutex
	for path, act := range actions {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			one.Lock()
			defer one.Unlock()
			body, err := io.ReadAll(r.Body)
			if err == nil {
				err = act(body)
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	return mux
}
