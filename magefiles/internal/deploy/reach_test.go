package deploy

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/hosts"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// reachedBy is a cluster that may be reached at candidates.
type reachedBy struct {
	cluster.Provider
	candidates []address.Candidate
	asked      int
}

func (r *reachedBy) Addresses(
	context.Context, func(context.Context) (address.Candidate, error),
) ([]address.Candidate, error) {
	r.asked++
	return r.candidates, nil
}

// app is one with a single pod.
type app struct{}

func (app) Pods(context.Context) ([]string, error) { return []string{"a-pod"}, nil }

func (app) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(`{"pod": "a-pod"}`))
}

// reachable is a deployment to a cluster with candidates, whose hosts file is the test's own and says nothing yet.
func reachable(t *testing.T, host string, candidates ...address.Candidate) (*Deployment, *reachedBy, string) {
	t.Helper()
	provider := &reachedBy{candidates: candidates}
	file := filepath.Join(t.TempDir(), "hosts")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	return &Deployment{
		Config: config.Config{Host: host, Cache: t.TempDir()}, Report: report.Plain(t.Output()), Cluster: provider,
		Hosts: hosts.This(runner.NewFake(t), file), Address: &address.Finder{Host: host, Cluster: provider, App: app{}},
	}, provider, file
}

// answers is an address of loopback at which the app answers.
func answers(t *testing.T) address.Candidate {
	t.Helper()
	s := httptest.NewServer(app{})
	t.Cleanup(s.Close)
	return address.Candidate{Label: "published port", Address: s.Listener.Addr().String()}
}

// silent is an address of loopback at which nothing does.
func silent(t *testing.T) address.Candidate {
	t.Helper()
	return address.Candidate{Label: "node IP", Address: "127.0.0.1:" + strconv.Itoa(testkit.FreePort(t))}
}

func TestAddressThatAnswersIsFoundOnceAndMapped(t *testing.T) {
	works := answers(t)
	s, provider, file := reachable(t, "todo.local", silent(t), works)
	found, err := s.Address.Find(t.Context())
	require.NoError(t, err)
	assert.Equal(t, works.Address, found.Address, "the hosts step finds it")
	note, err := s.MapHost(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "todo.local → 127.0.0.1", note)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1 todo.local # todo-app\n", string(content))
	assert.Equal(t, 1, provider.asked, "the other steps know it")
	assert.Contains(t, farewell(t, s), "open     http://todo.local:"+port(t, works)+"\n")

	checked, err := s.hostsCheck(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "todo.local → 127.0.0.1", checked)
}

func port(t *testing.T, c address.Candidate) string {
	t.Helper()
	_, port, err := net.SplitHostPort(c.Address)
	require.NoError(t, err)
	return port
}

func TestNameUnderLocalhostLeadsToLoopbackWithoutAnEntry(t *testing.T) {
	works := answers(t)
	s, _, file := reachable(t, "todo.localhost", address.NodeIP("192.0.2.1"), works)
	found, err := s.Address.Find(t.Context())
	require.NoError(t, err)
	assert.Equal(t, works.Address, found.Address)
	note, err := s.MapHost(t.Context())
	require.NoError(t, err)
	assert.Contains(t, note, "todo.localhost needs no entry")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Empty(t, content)
}

func TestAppThatOnlyAPortForwardReachesIsOpenedByItsCommand(t *testing.T) {
	c := silent(t)
	c.Label, c.Command = "port-forward", "kubectl port-forward service/x "+port(t, c)+":80"
	c.Serve = func(ctx context.Context) error {
		l, err := net.Listen("tcp", c.Address)
		if err != nil {
			return err
		}
		server := &http.Server{Handler: app{}}
		defer context.AfterFunc(ctx, func() { _ = server.Close() })()
		return server.Serve(l)
	}
	s, _, _ := reachable(t, "todo.local", c)
	_, err := s.Address.Probe(t.Context())
	require.Error(t, err, "a look starts nothing")
	_, err = s.Address.Find(t.Context())
	require.NoError(t, err)
	assert.Contains(t, farewell(t, s), "open     http://todo.local:"+port(t, c)+
		" as long as this runs in another terminal:\n            "+c.Command+"\n")
}

func TestDoctorComparesWithTheFirstAddressWhereNothingAnswersYet(t *testing.T) {
	first := silent(t)
	s, _, _ := reachable(t, "todo.local", first)
	note, err := s.hostsCheck(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "deploy will add todo.local", note)

	s, _, _ = reachable(t, "todo.local")
	note, err = s.hostsCheck(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "looked at once the cluster runs", note)
}

func TestBothSidesOfAWSL(t *testing.T) {
	assert.Equal(t, hosts.Addresses{Here: "127.0.0.1", Windows: "127.0.0.1"}, sides(address.Published(8080, "x")))
	assert.Equal(t, hosts.Addresses{Here: "192.168.49.2"}, sides(address.NodeIP("192.168.49.2")))
}

// farewell is what a deployment prints at its end.
func farewell(t *testing.T, d *Deployment) string {
	t.Helper()
	var out bytes.Buffer
	d.Report = report.Plain(&out)
	require.NoError(t, d.Farewell(t.Context()))
	return out.String()
}
