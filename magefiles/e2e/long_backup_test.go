//go:build long

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestABackupBringsBackWhatWasThere, and a part of one changes nothing.
func TestABackupBringsBackWhatWasThere(t *testing.T) {
	d, v := shared(t, kind)
	file := filepath.Join(t.TempDir(), "a.backup")
	d.output(t, d.program, "backup", "-file="+file)
	v.add(t, "added after the backup")
	v.sees(t, "added after the backup")

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	part := filepath.Join(t.TempDir(), "part.backup")
	require.NoError(t, os.WriteFile(part, text[:len(text)/2], 0o600))
	yes := []string{"TODO_YES=1"}
	out, err := d.command(yes, d.program, "restore", part).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "(nothing is changed): it is no backup, or a part of one")
	v.sees(t, "added after the backup")

	out, err = d.command(nil, d.program, "restore", file).CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(out), "set TODO_YES=1 if it shall")
	out, err = d.command(yes, d.program, "restore", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	v.sees(t, "survive everything")
	status, page, err := v.request(http.MethodGet, "/", "")
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
	assert.NotContains(t, page, "added after the backup")
}

// TestABackupIsOfOneMomentWhoeverWrites fills the list with 20,000 todos, and takes a backup while 20 visitors write
// numbers, each one after the other: what it brings back ends somewhere, without a gap before.
func TestABackupIsOfOneMomentWhoeverWrites(t *testing.T) {
	const todos, writers = 20_000, 20
	d, _ := shared(t, kind)
	d.sql(t, "DELETE FROM todos WHERE title ~ '^(old|writer) '")
	d.sql(t, fmt.Sprintf(`INSERT INTO todos (id, account_id, title, description, priority, tags, version)
		SELECT gen_random_uuid(), (SELECT account_id FROM todos LIMIT 1), 'old ' || n, repeat('word' || n || ' ', 10),
		'high', ARRAY['a' || n %% 7], 1 FROM generate_series(1, %d) n`, todos))
	const rows = "SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY id)) FROM todos t WHERE title LIKE 'old %'"
	before := d.sql(t, rows)
	require.True(t, strings.HasPrefix(before, strconv.Itoa(todos)+"|"), before)

	var writing sync.WaitGroup
	stop, written := make(chan struct{}), make([]int, writers)
	for i := range writers {
		v := d.visitor(t)
		v.add(t, fmt.Sprintf("writer %d number 1", i))
		writing.Go(func() {
			for number := 2; ; number++ {
				select {
				case <-stop:
					return
				default:
				}
				status, answer, err := v.request("POST", "/api/todos", fmt.Sprintf(`{"title": "writer %d number %d"}`, i, number))
				if !assert.NoError(t, err) || !assert.Equal(t, http.StatusCreated, status, answer) {
					return
				}
				written[i] = number
			}
		})
	}
	file := filepath.Join(t.TempDir(), "a.backup")
	began := time.Now()
	d.output(t, d.program, "backup", "-file="+file)
	took := time.Since(began)
	close(stop)
	writing.Wait()

	d.sql(t, "DELETE FROM todos WHERE title LIKE 'old %'")
	began = time.Now()
	out, err := d.command([]string{"TODO_YES=1"}, d.program, "restore", file).CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%d todos: backup %s, restore %s; written meanwhile: %v", todos, took, time.Since(began), written)
	assert.Equal(t, before, d.sql(t, rows), "each row as it was")
	for i := range writers {
		var count, last int
		of := d.sql(t, fmt.Sprintf("SELECT count(*), max(split_part(title, ' ', 4)::int) FROM todos WHERE title LIKE 'writer %d number %%'", i))
		_, err := fmt.Sscanf(of, "%d|%d", &count, &last)
		require.NoError(t, err, of)
		assert.Equal(t, last, count, "writer %d: all up to the last", i)
		assert.LessOrEqual(t, last, written[i]+1)
	}
}

// sql is what the embedded database answers to a statement.
func (d *deployment) sql(t *testing.T, statement string) string {
	t.Helper()
	return d.kubectl(t, "exec", "todo-app-postgres-0", "--", "psql", "--username=todo", "--dbname=todo", "--set=ON_ERROR_STOP=1",
		"--tuples-only", "--no-align", "--command="+statement)
}
