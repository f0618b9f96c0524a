package backup

import (
	"context"
	"fmt"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/runner"
)

// exec is the call of a program in a component's pod.
func (d Database) exec(kind, component string, command ...string) runner.Command {
	args := []string{"exec", "--stdin", kind + "/" + chart.Object(component), "--container", component, "--"}
	return d.Kubectl.Unbounded(append(args, command...)...)
}

// server is the call of one of Postgres' programs, by the server's own socket, which asks for no password.
func (d Database) server(program string, args ...string) runner.Command {
	return d.exec("statefulset", chart.Postgres, append([]string{program, "--username=todo"}, args...)...)
}

// psqlArgs are those of psql on a database, where the first failure ends it.
func psqlArgs(database string, args ...string) []string {
	return append([]string{"--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname=" + database}, args...)
}

func (d Database) run(ctx context.Context, c runner.Command) error {
	return d.Kubectl.Runner.Run(ctx, c)
}

func (d Database) drop(ctx context.Context, name string) error {
	return d.run(ctx, d.server("dropdb", "--if-exists", "--force", name))
}

// Embedded reports whether the release has a database of its own, and not the one that DATABASE_URL names.
func (d Database) Embedded(ctx context.Context) (bool, error) {
	name := chart.Object(chart.Postgres)
	out, err := d.Kubectl.Output(ctx, "get", "statefulset", name, "--ignore-not-found", "-o", "name")
	if err != nil {
		return false, fmt.Errorf("looking for the embedded database: %w", err)
	}
	return out != "", nil
}

// Revision is that of the embedded database's schema; "" where it has none yet.
func (d Database) Revision(ctx context.Context) (string, error) {
	const ask = "SELECT version_num FROM alembic_version"
	call := d.server("psql", psqlArgs(used, "--tuples-only", "--no-align", "--command="+ask)...)
	out, err := d.Kubectl.Runner.Output(ctx, call)
	if err != nil && strings.Contains(runner.Output(err), `relation "alembic_version" does not exist`) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the revision of the embedded database: %w", err)
	}
	return strings.TrimSpace(out), nil
}

// swapTime is how long visitors may keep the database from being renamed; each try takes 5 s of it at most.
const swapTime = time.Minute

// swap renames both databases in one transaction. The first renaming locks the database against new connections; who
// came just before that makes it fail, and is sent away by the next try.
func (d Database) swap(ctx context.Context) error {
	sql := strings.Join([]string{
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname IN ('" + used + "', '" + filled + "');",
		"ALTER DATABASE " + used + " RENAME TO " + replaced + ";",
		"ALTER DATABASE " + filled + " RENAME TO " + used + ";",
	}, "\n")
	call := d.server("psql", psqlArgs("postgres", "--single-transaction", "--output=/dev/null", "--file=-")...)
	return poll.Until(ctx, 100*time.Millisecond, swapTime, func() error {
		err := d.run(ctx, call.WithStdin(strings.NewReader(sql)))
		if err != nil && !strings.Contains(runner.Output(err), "is being accessed by other users") {
			return poll.Permanent(err)
		}
		return err
	})
}
