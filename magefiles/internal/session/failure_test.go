package session

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/report"
)

func TestAFailedRunLeavesOneReportWithoutSecretsAndSaysWhereItIs(t *testing.T) {
	t.Parallel()
	s, _ := newSession(t, config.Secrets{"DATABASE_URL": "postgresql://u:hunter2@db/x", "OPENAI_API_KEY": "sk-very-secret"})
	require.NoError(t, s.Lock(t.Context()))
	require.NoError(t, s.Step(t.Context(), "build", func(context.Context) (string, error) { return "built", nil }))
	err := s.Step(t.Context(), "install", func(ctx context.Context) (string, error) {
		report.Keep(ctx, func() string { return "backend: connecting with hunter2" })
		return "", errors.New("no room for sk-very-secret")
	})
	require.Error(t, s.Step(t.Context(), "late", nil))
	files, globErr := filepath.Glob(filepath.Join(s.Config.Cache, "reports", "*.txt"))
	require.NoError(t, globErr)
	require.Len(t, files, 1)
	require.ErrorContains(t, err, files[0])
	text, readErr := os.ReadFile(files[0])
	require.NoError(t, readErr)
	for _, part := range []string{"no room for [redacted]", "build", "built", "backend: connecting with [redacted]",
		`"Profile": "p"`, `"DATABASE_URL"`, "== mage doctor", "engine"} {
		assert.Contains(t, string(text), part)
	}
	for _, secret := range []string{"hunter2", "sk-very-secret"} {
		assert.NotContains(t, string(text), secret)
		assert.NotContains(t, err.Error(), secret)
	}
}

func TestOnlyTheNewestReportsAreKept(t *testing.T) {
	t.Parallel()
	s, _ := newSession(t, config.Secrets{})
	require.NoError(t, s.Lock(t.Context()))
	folder := filepath.Join(s.Config.Cache, "reports")
	require.NoError(t, os.Mkdir(folder, 0o755))
	for i := range keptReports {
		require.NoError(t, os.WriteFile(filepath.Join(folder, string(rune('a'+i))+".txt"), nil, 0o600))
	}
	err := s.Step(t.Context(), "install", func(context.Context) (string, error) { return "", errors.New("boom") })
	files, globErr := filepath.Glob(filepath.Join(folder, "*.txt"))
	require.NoError(t, globErr)
	assert.Len(t, files, keptReports)
	assert.ErrorContains(t, err, "p-")
}

func TestAReportThatCannotBeWrittenIsNotSpokenOf(t *testing.T) {
	t.Parallel()
	s, out := newSession(t, config.Secrets{})
	require.NoError(t, s.Lock(t.Context()))
	require.NoError(t, os.WriteFile(filepath.Join(s.Config.Cache, "reports"), nil, 0o600))
	err := s.Step(t.Context(), "install", func(context.Context) (string, error) { return "", errors.New("boom") })
	require.EqualError(t, err, "boom")
	assert.Contains(t, out.String(), "the report could not be written: ")
}

func TestAnInterruptedRunLeavesNoReport(t *testing.T) {
	t.Parallel()
	s, _ := newSession(t, config.Secrets{})
	require.NoError(t, s.Lock(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	require.Error(t, s.Step(ctx, "install", func(ctx context.Context) (string, error) { cancel(); return "", ctx.Err() }))
	assert.NoDirExists(t, filepath.Join(s.Config.Cache, "reports"))
}
