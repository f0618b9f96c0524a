package local

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"todo-app/magefiles/internal/runner"
)

const postgres = "database"

// postgresTime is how long a Postgres may take to make its files and to start.
const postgresTime = 60 * time.Second

//go:embed postgres.py
var postgresScript string

// StartPostgres runs a Postgres on the files in the folder data, which are made where there are none, and waits until it
// answers. It listens on a Unix socket only.
func (a *App) StartPostgres(ctx context.Context, data string) (*Server, error) {
	url := &firstLine{done: make(chan struct{})}
	s, err := a.start(postgres, "", runner.Cmd(a.Python, "-W", "ignore", "-c", postgresScript, data).WithStdout(url))
	if err != nil {
		return nil, err
	}
	select {
	case <-url.done:
		s.URL = url.text()
		return s, nil
	case <-s.Process.Ended():
		return nil, fmt.Errorf("%w\n(its data is in %s: where nothing else helps, remove that folder to begin anew)", s.failure(), data)
	case <-time.After(postgresTime):
		return nil, fmt.Errorf("starting the %s: it did not answer within %s; its own log is %s/log", postgres, postgresTime, data)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Migrate brings the database's schema up to these sources.
func (a *App) Migrate(ctx context.Context, run runner.Runner, databaseURL string) error {
	call := runner.Cmd(a.Python, "-m", "app.migrate").In(a.backend()).WithEnv(databaseEnv(databaseURL)...)
	if err := run.Run(ctx, call); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// SQL runs a statement on the database.
func (a *App) SQL(ctx context.Context, database *Server, statement string) error {
	const script = "import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.stdin.read())"
	call := runner.Cmd(a.Python, "-c", script, database.URL).WithStdin(strings.NewReader(statement))
	if err := (runner.Exec{}).Run(ctx, call); err != nil {
		return fmt.Errorf("running SQL: %w", err)
	}
	return nil
}

// databaseEnv leads the backend to one database, whatever the settings of a deployment say.
func databaseEnv(url string) []string { return []string{"DATABASE_URL=" + url, "DIRECT_DATABASE_URL="} }

// firstLine keeps the first line that is written to it.
type firstLine struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	done chan struct{}
	full bool
}

func (l *firstLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.full {
		l.buf.Write(p)
		if l.full = bytes.Contains(l.buf.Bytes(), []byte("\n")); l.full {
			close(l.done)
		}
	}
	return len(p), nil
}

func (l *firstLine) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, _, _ := strings.Cut(l.buf.String(), "\n")
	return strings.TrimSpace(line)
}
