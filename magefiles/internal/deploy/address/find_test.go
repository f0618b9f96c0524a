package address

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/testkit"
)

// quick is a prober that looks often, and waits as long as a machine may take that does much else.
var quick = prober{host: "todo.test", app: pods{"one", "two"}, timeout: time.Hour, headStart: time.Hour,
	pace: time.Millisecond}

// answering is a candidate where handler answers.
func answering(t *testing.T, label string, handler http.HandlerFunc) Candidate {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return Candidate{Label: label, Address: s.Listener.Addr().String(), Mend: "mend the " + label}
}

// pods are those of an app.
type pods []string

func (p pods) Pods(context.Context) ([]string, error) { return p, nil }

// pod answers as the pod with that UID does.
func pod(uid string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"status": "ok", "pod": %q}`, uid) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// closed is a candidate whose port nothing listens at.
func closed(t *testing.T, label string) Candidate {
	t.Helper()
	return Candidate{Label: label, Address: "127.0.0.1:" + strconv.Itoa(testkit.FreePort(t)), Mend: "mend the " + label}
}

// mute is a candidate that takes connections and never answers, as packets to a network without a route do.
func mute(t *testing.T, label string) Candidate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return Candidate{Label: label, Address: l.Addr().String()}
}

func TestFirstCandidateThatAnswersIsFound(t *testing.T) {
	t.Parallel()
	for name, candidates := range map[string]func(*testing.T) []Candidate{
		"the only one": func(t *testing.T) []Candidate { return []Candidate{answering(t, "wanted", pod("one"))} },
		"which may be any of its pods": func(t *testing.T) []Candidate {
			return []Candidate{answering(t, "wanted", pod("two"))}
		},
		"after one that is closed": func(t *testing.T) []Candidate {
			return []Candidate{closed(t, "x"), answering(t, "wanted", pod("one"))}
		},
		"with another one after it": func(t *testing.T) []Candidate {
			return []Candidate{answering(t, "wanted", pod("one")), answering(t, "x", pod("one"))}
		},
		"although a less wanted one is quicker": func(t *testing.T) []Candidate {
			asked := make(chan struct{})
			slow := answering(t, "wanted", func(w http.ResponseWriter, r *http.Request) { <-asked; pod("one")(w, r) })
			quicker := answering(t, "y", func(w http.ResponseWriter, r *http.Request) {
				close(asked)
				pod("one")(w, r)
			})
			return []Candidate{closed(t, "x"), slow, quicker}
		},
		"after another cluster's": func(t *testing.T) []Candidate {
			return []Candidate{answering(t, "x", pod("three")), answering(t, "wanted", pod("one"))}
		},
		"after another program's": func(t *testing.T) []Candidate {
			return []Candidate{answering(t, "x", status(200)), answering(t, "y", status(404)),
				answering(t, "wanted", pod("one"))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := quick.find(t.Context(), candidates(t))
			require.NoError(t, err)
			assert.Equal(t, "wanted", found.Label)
		})
	}
}

func TestTheIngressIsAskedByTheAppsName(t *testing.T) {
	t.Parallel()
	var host, asked string
	c := answering(t, "x", func(w http.ResponseWriter, r *http.Request) {
		host, asked = r.Host, r.URL.Path
		pod("one")(w, r)
	})
	_, err := quick.find(t.Context(), []Candidate{c})
	require.NoError(t, err)
	assert.Equal(t, "todo.test", host)
	assert.Equal(t, "/livez", asked)
}

func TestAnUnreachableNodeCostsNoMoreThanItsHeadStart(t *testing.T) {
	t.Parallel()
	p := quick
	p.headStart = 200 * time.Millisecond // far less than the time for an answer, which it would wait for without
	found, err := p.find(t.Context(), []Candidate{mute(t, "node IP"), answering(t, "published port", pod("one"))})
	require.NoError(t, err)
	assert.Equal(t, "published port", found.Label)
}

func TestSilenceTellsOfEachCandidateWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	shut, noRoute := closed(t, "published port"), mute(t, "node IP")
	talks, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = talks.Close() })
	go func() {
		for conn, err := talks.Accept(); err == nil; conn, err = talks.Accept() {
			_, _ = conn.Read(make([]byte, 4096)) // an answer before the question is reported in other words
			_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n"))
			_ = conn.Close()
		}
	}()
	other := Candidate{Label: "minikube tunnel", Address: talks.Addr().String()}
	forward := Candidate{Label: "port-forward", Address: shut.Address,
		Serve: func(context.Context) error { return errors.New("no such service") }}
	p := quick
	p.timeout = 5 * time.Second // one of them never answers, and the others do at once
	_, err = p.find(t.Context(), []Candidate{noRoute, shut, other, forward})
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 5)
	assert.Equal(t, "looking where the app answers: it does not at", lines[0])
	assert.Equal(t, "  the node IP "+noRoute.Address+": no answer within 5s", lines[1])
	assert.Contains(t, lines[2], "  the published port "+shut.Address+": ")
	assert.Contains(t, lines[2], "refused")
	assert.Contains(t, lines[2], "; mend the published port")
	assert.Contains(t, lines[3], "  the minikube tunnel "+other.Address+": ")
	assert.Contains(t, lines[3], "malformed HTTP")
	assert.Equal(t, "  the port-forward "+shut.Address+": no such service", lines[4])
}

func TestWithoutACandidateThereIsNothingToAsk(t *testing.T) {
	t.Parallel()
	_, err := quick.find(t.Context(), nil)
	assert.ErrorContains(t, err, "TODO_HOST")
}

func TestFindWaitsForAControllerThatComesUp(t *testing.T) {
	t.Parallel()
	c := closed(t, "x")
	server := &http.Server{Handler: pod("one")}
	t.Cleanup(func() { _ = server.Close() })
	time.AfterFunc(50*time.Millisecond, func() {
		if l, err := net.Listen("tcp", c.Address); err == nil {
			_ = server.Serve(l)
		}
	})
	patient := quick
	patient.patience = time.Minute
	var out bytes.Buffer
	err := report.Plain(&out).Run(t.Context(), "ingress", func(ctx context.Context) (string, error) {
		_, err := patient.find(ctx, []Candidate{c})
		return "", err
	})
	require.NoError(t, err)
	assert.Contains(t, out.String(), "waiting for the app to answer")
}

func TestFindWaitsLongerForAnAnswerThatComesLate(t *testing.T) {
	t.Parallel()
	late := answering(t, "x", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(200 * time.Millisecond):
			pod("one")(w, r)
		case <-r.Context().Done():
		}
	})
	patient := quick
	patient.timeout, patient.patience = 10*time.Millisecond, 10*time.Minute
	found, err := patient.find(t.Context(), []Candidate{late})
	require.NoError(t, err)
	assert.Equal(t, late.Address, found.Address)
}

// forwarded is a candidate that answers only while its program runs; runs counts how often it was started, and running
// reports whether it runs now.
type forwarded struct {
	Candidate
	mu      sync.Mutex
	runs    int
	running bool
}

func forward(t *testing.T) *forwarded {
	t.Helper()
	f := &forwarded{Candidate: closed(t, "port-forward")}
	f.Command = "kubectl port-forward"
	f.Serve = func(ctx context.Context) error {
		l, err := net.Listen("tcp", f.Address)
		if err != nil {
			return err
		}
		f.set(1, true)
		server := &http.Server{Handler: pod("one")}
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		err = server.Serve(l)
		f.set(0, false)
		return err
	}
	return f
}

func (f *forwarded) set(runs int, running bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.runs += runs
	f.running = running
}

func TestPortForwardIsStartedOnlyWhereNothingElseAnswersAndStoppedAgain(t *testing.T) {
	t.Parallel()
	f := forward(t)
	found, err := quick.find(t.Context(), []Candidate{f.Candidate, answering(t, "node IP", pod("one"))})
	require.NoError(t, err)
	assert.Equal(t, "node IP", found.Label, "although the port-forward stands before it")
	assert.Zero(t, f.runs)

	found, err = quick.find(t.Context(), []Candidate{closed(t, "node IP"), f.Candidate})
	require.NoError(t, err)
	assert.Equal(t, "port-forward", found.Label)
	assert.Equal(t, 1, f.runs)
	assert.False(t, f.running, "it does not outlive the look")

	require.NoError(t, found.Hold(t.Context(), func(ctx context.Context) error { return quick.wait(ctx, found) }))
	assert.Equal(t, 2, f.runs)
	assert.False(t, f.running)
}

func TestFindEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("another step failed")
	for name, c := range map[string]func(*testing.T) Candidate{
		"while it waits for an answer": func(t *testing.T) Candidate { return closed(t, "x") },
		"while it waits for a port-forward": func(t *testing.T) Candidate {
			c := closed(t, "x")
			c.Serve = func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) }
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(20*time.Millisecond, func() { cancel(cause) })
			patient := quick
			patient.patience = time.Minute
			_, err := patient.find(ctx, []Candidate{c(t)})
			assert.ErrorIs(t, err, cause)
		})
	}
}
