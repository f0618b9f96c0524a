package session

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"al.essio.dev/pkg/shellescape"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/leak"
	"todo-app/magefiles/internal/report"
)

// newSession returns a session of a temporary cache, and what it prints.
func newSession(t *testing.T, secrets config.Secrets) (*Session, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	s, err := New(
		config.Config{Root: t.TempDir(), Cache: t.TempDir(), Cluster: config.Kind, Profile: "p", HTTPPort: 80,
			RegistryFree: "auto", Secrets: secrets}, report.Plain(&out), false)
	require.NoError(t, err)
	return s, &out
}

func TestTheFirstFailureEndsTheOtherSteps(t *testing.T) {
	t.Parallel()
	s, out := newSession(t, config.Secrets{})
	var both sync.WaitGroup
	started := make(chan struct{})
	both.Go(func() {
		err := s.Step(t.Context(), "slow", func(ctx context.Context) (string, error) {
			close(started)
			<-ctx.Done()
			return "", context.Cause(ctx)
		})
		assert.Error(t, err)
	})
	<-started
	require.Error(t,
		s.Step(t.Context(), "broken", func(context.Context) (string, error) { return "", errors.New("boom") }))
	both.Wait()
	assert.EqualError(t, s.Failure(), "boom")
	assert.Contains(t, out.String(), "✗ broken")
	assert.Contains(t, out.String(), "- slow")
	ran := false
	err := s.Step(t.Context(), "late", func(context.Context) (string, error) { ran = true; return "", nil })
	require.EqualError(t, err, "boom")
	assert.False(t, ran, "no step begins after a failure")
}

func TestSecretsAreKeptOutOfStepsAndFailures(t *testing.T) {
	t.Parallel()
	s, out := newSession(t, config.Secrets{"DATABASE_URL": "postgresql://u:hunter2@db/x", "OPENAI_API_KEY": "sk-very-secret"})
	cause := errors.New("logs: postgresql://u:hunter2@db/x and sk-very-secret")
	err := s.Step(t.Context(), "install", func(ctx context.Context) (string, error) {
		report.Info(ctx, "connecting with hunter2")
		return "", cause
	})
	require.EqualError(t, err, "logs: [redacted] and [redacted]")
	require.ErrorIs(t, err, cause)
	assert.Equal(t, err, s.Failure())
	assert.NotContains(t, out.String(), "hunter2")
}

func TestASecretIsRedactedInEachFormThatProgramsWriteItIn(t *testing.T) {
	t.Parallel()
	const plain, key = `hun/ter@2"é€' #x`, `k$y"' é<x`
	s, out := newSession(t, config.Secrets{"DATABASE_URL": "postgresql://u:hun%2fter%402%22%c3%a9€'%20%23x@db/x",
		"OPENAI_BASE_URL": "https://u:sword%66ish@models/v1", "OPENAI_API_KEY": key})
	for _, secret := range []string{plain, key, "swordfish"} {
		inJSON, err := json.Marshal(secret)
		require.NoError(t, err)
		s.Report.Print(strings.Join([]string{secret, url.PathEscape(secret), url.QueryEscape(secret), string(inJSON),
			strconv.QuoteToASCII(secret), shellescape.Quote(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
			url.UserPassword("u", secret).String()}, "\n"))
		assert.Empty(t, leak.Find(out.String(), secret), out)
	}
	s.Report.Print("as it was written: hun%2fter%402%22%c3%a9€'%20%23x, sword%66ish")
	assert.Empty(t, leak.Find(out.String(), plain), out)
	assert.Contains(t, out.String(), "as it was written: [redacted], [redacted]\n")
}

func TestASecondRunWaitsForTheLock(t *testing.T) {
	t.Parallel()
	first, _ := newSession(t, config.Secrets{})
	require.NoError(t, first.Lock(t.Context()))
	require.NoError(t, first.Lock(t.Context()), "the same run may take it again")
	second, out := newSession(t, config.Secrets{})
	second.Config.Cache = first.Config.Cache
	interrupted := errors.New("interrupted")
	ctx, cancel := context.WithCancelCause(t.Context())
	second.Report = report.Plain(printing(func(line []byte) { out.Write(line); cancel(interrupted) }))
	require.ErrorIs(t, second.Lock(ctx), interrupted)
	assert.Equal(t, "another run works on the kind cluster \"p\": waiting for it to end\n", out.String())
	first.unlock()
	assert.NoError(t, second.Lock(t.Context()))
}

// printing is where a report is printed that a test follows.
type printing func(line []byte)

func (p printing) Write(line []byte) (int, error) { p(line); return len(line), nil }
