package local

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/runner"
)

const postgres = "database"

//go:embed postgres.py
var postgresScript string

// StartPostgres runs a Postgres on the files in the folder data, which are made where there are none, and waits until
// it answers. It listens on a Unix socket only.
func (a *App) StartPostgres(ctx context.Context, data string) (*Server, error) {
	call := runner.Cmd(a.Python, "-W", "ignore", "-c", postgresScript, data)
	s, url, err := a.StartTelling(ctx, postgres, "", call)
	if err != nil {
		return nil, fmt.Errorf("%w\n(its data and its own log are in %s; where nothing else helps, remove that folder to begin anew)", err, data)
	}
	s.URL = url
	return s, nil
}

// Migrate brings the database's schema up to these sources.
func (a *App) Migrate(ctx context.Context, databaseURL string) error {
	call := runner.Cmd(a.Python, "-m", "app.migrate").In(a.backend()).WithEnv(databaseEnv(databaseURL)...)
	if err := a.Runner.Run(ctx, call); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// Value runs a statement on the database and returns the first value of its answer; "" where it has none.
func (a *App) Value(ctx context.Context, database *Server, statement string) (string, error) {
	const script = `import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    answer = connection.execute(sys.stdin.read())
    print(answer.fetchone()[0] if answer.description else "")`
	call := runner.Cmd(a.Python, "-c", script, database.URL).WithStdin(strings.NewReader(statement))
	value, err := a.Runner.Output(ctx, call)
	if err != nil {
		return "", fmt.Errorf("running SQL: %w", err)
	}
	return value, nil
}

// databaseEnv leads the backend to one database, whatever the settings of a deployment say.
func databaseEnv(url string) []string { return []string{"DATABASE_URL=" + url, "DIRECT_DATABASE_URL="} }
