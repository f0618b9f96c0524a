//go:build e2e

// Package e2e deploys the app with the project's own targets to a real cluster of its own and uses it there. It touches
// no cluster, kubeconfig, port or hosts file of the user's.
package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Names of the deployment under test, apart from every default.
const (
	profile   = "todo-app-e2e"
	namespace = "todo-e2e"
	host      = "todo.local"
)

// deployment is the one under test.
type deployment struct {
	root string // the repository's root
	port string // of 127.0.0.1, where the ingress answers
	env  []string
}

// newDeployment chooses a free port and temporary files. Whatever an earlier run left under the same name is removed, and
// so is what this one makes.
func newDeployment(t *testing.T) *deployment {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir := t.TempDir()
	hosts := filepath.Join(dir, "hosts")
	require.NoError(t, os.WriteFile(hosts, []byte("127.0.0.1 localhost\n"), 0o644))
	d := &deployment{root: root, port: freePort(t)}
	d.env = []string{"TODO_CLUSTER=kind", "TODO_PROFILE=" + profile, "TODO_NAMESPACE=" + namespace, "TODO_HOST=" + host, "TODO_HTTP_PORT=" + d.port,
		"TODO_HOSTS_FILE=" + hosts, "KUBECONFIG=" + filepath.Join(dir, "kubeconfig"),
		"DATABASE_URL=", "DIRECT_DATABASE_URL=", "OPENAI_API_KEY=", "OPENAI_BASE_URL=", "OPENAI_MODEL="}
	destroy := func() {
		if out, err := d.mage("destroy"); err != nil {
			t.Errorf("destroying the cluster under test: %v\n%s", err, out)
		}
	}
	destroy()
	t.Cleanup(destroy)
	return d
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// command is a call of a program in the deployment's environment, which extra variables may override.
func (d *deployment) command(extra []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = d.root
	cmd.Env = append(append(os.Environ(), d.env...), extra...)
	return cmd
}

// mage runs a target the way that the README says and returns all that it prints.
func (d *deployment) mage(target string, env ...string) (string, error) {
	out, err := d.command(env, "go", "run", ".", target).CombinedOutput()
	return string(out), err
}

// must runs a target that has to succeed.
func (d *deployment) must(t *testing.T, target string, env ...string) string {
	t.Helper()
	out, err := d.mage(target, env...)
	require.NoError(t, err, out)
	t.Log(out)
	return out
}

// fails runs a target that has to fail with a message for users: no stack trace, and status 1.
func (d *deployment) fails(t *testing.T, target string, env ...string) string {
	t.Helper()
	out, err := d.mage(target, env...)
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, out)
	require.NotContains(t, out, "goroutine ", "a stack trace is no message for users")
	t.Log(out)
	return out
}

func (d *deployment) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return d.output(t, "kubectl", append([]string{"--context", "kind-" + profile, "--namespace", namespace}, args...)...)
}

func (d *deployment) helm(t *testing.T, args ...string) string {
	t.Helper()
	return d.output(t, "helm", append(args, "--kube-context", "kind-"+profile, "--namespace", namespace)...)
}

func (d *deployment) output(t *testing.T, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := d.command(nil, name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s %s: %s", name, strings.Join(args, " "), &stderr)
	return strings.TrimSpace(string(out))
}

// visitor is a browser without JavaScript: a cookie jar and the deployment's address.
type visitor struct {
	url    string
	client *http.Client
}

func (d *deployment) visitor(t *testing.T) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	dial := func(network, _ string) (net.Conn, error) {
		return net.DialTimeout(network, "127.0.0.1:"+d.port, 5*time.Second)
	}
	return &visitor{"http://" + host + ":" + d.port, &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{Dial: dial}}}
}

// request returns the answer's status and body.
func (v *visitor) request(method, path, body string) (int, string, error) {
	req, err := http.NewRequest(method, v.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := v.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// add creates a todo through /api.
func (v *visitor) add(t *testing.T, title string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"title": title})
	require.NoError(t, err)
	status, answer, err := v.request("POST", "/api/todos", string(body))
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, status, answer)
}

// sees waits until the page that the server renders shows title, limit at most.
func (v *visitor) sees(t *testing.T, title string, limit time.Duration) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		status, page, err := v.request("GET", "/", "")
		if err == nil && status == http.StatusOK && strings.Contains(page, title) {
			return
		}
		if time.Now().After(deadline) {
			require.Fail(t, "the page does not show the todo", "%q within %s; last answer: %d %v\n%.2000s", title, limit, status, err, page)
		}
		time.Sleep(300 * time.Millisecond)
	}
}
