//go:build e2e || minikube || long

// Package e2e deploys the app with the project's own targets to a real cluster of its own and uses it there. It touches
// no cluster, kubeconfig, port or hosts file of the user's.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/ports"
	"todo-app/magefiles/internal/wait"
)

// profile begins the name of everything under test. It is this clone's own, apart from every default:
// testsuite/clone.go gives it, and removes what bears the name of a clone that is deleted.
var profile = os.Getenv("E2E_PROFILE")

const (
	namespace = "todo-e2e"
	host      = "todo.local"
)

// sentinel is a key that every deployment under test gets, and that must be seen nowhere but in the Secret.
const sentinel = "sk-e2e-7c1f0c5be2d94a08"

const key = "OPENAI_API_KEY=" + sentinel

// provider is what runs the cluster under test.
type provider struct {
	name    string
	context string // its kube context
	node    string // its node's container
}

var (
	kind     = provider{"kind", "kind-" + profile, profile + "-control-plane"}
	minikube = provider{"minikube", profile, profile}
)

// deployment is the one under test.
type deployment struct {
	provider
	namespace  string
	root       string // the repository's root
	program    string // its targets, compiled; "" calls them the way that the README says
	port       string // of 127.0.0.1, where the ingress answers
	kubeconfig string
	hosts      string // its hosts file
	env        []string
}

// newDeployment is one of the test's own: what an earlier run left is removed first, and what this one makes at the
// end.
func newDeployment(t *testing.T, p provider) *deployment {
	t.Helper()
	d := deploymentIn(t, t.TempDir(), p)
	t.Cleanup(func() { d.destroy(t) })
	return d
}

// deploymentIn takes a port and files in dir, and removes what an earlier run left under the same name. The kubeconfig
// leads to another cluster first, which is nobody's business.
func deploymentIn(t *testing.T, dir string, p provider) *deployment {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	d := &deployment{provider: p, namespace: namespace, root: root, program: compiled, port: freePort(t),
		kubeconfig: filepath.Join(dir, "kubeconfig"), hosts: filepath.Join(dir, "hosts")}
	require.NoError(t, os.WriteFile(d.hosts, []byte(othersHosts), 0o644))
	require.NoError(t, os.WriteFile(d.kubeconfig, []byte(othersKubeconfig), 0o600))
	d.env = []string{"TODO_CLUSTER=" + p.name, "TODO_PROFILE=" + profile, "TODO_NAMESPACE=" + namespace,
		"TODO_HOST=" + host, "TODO_HTTP_PORT=" + d.port, "TODO_HOSTS_FILE=" + d.hosts, "KUBECONFIG=" + d.kubeconfig,
		"DATABASE_URL=", "DIRECT_DATABASE_URL=", "OPENAI_API_KEY=", "OPENAI_BASE_URL=", "OPENAI_MODEL="}
	d.destroy(t)
	return d
}

func (d *deployment) destroy(t *testing.T) {
	t.Helper()
	if out, err := d.mage("destroy"); err != nil {
		t.Errorf("destroying the cluster under test: %v\n%s", err, out)
	}
}

// What belongs to others than the deployment, and stays as it is.
const (
	othersHosts      = "127.0.0.1 localhost\n"
	othersKubeconfig = `apiVersion: v1
kind: Config
current-context: elsewhere
contexts: [{name: elsewhere, context: {cluster: elsewhere, user: somebody}}]
clusters: [{name: elsewhere, cluster: {server: "https://192.0.2.1:6443"}}]
users: [{name: somebody, user: {token: a-token}}]
`
)

// leavesOthersAlone checks what newDeployment put there for others.
func (d *deployment) leavesOthersAlone(t *testing.T) {
	t.Helper()
	assert.Equal(t, "elsewhere", d.output(t, "kubectl", "config", "current-context"))
	assert.Equal(t, "https://192.0.2.1:6443 a-token",
		d.output(t, "kubectl", "--context", "elsewhere", "config", "view", "--raw", "--minify",
			"--output", "jsonpath={.clusters[0].cluster.server} {.users[0].user.token}"))
}

// freePort is one that nothing else takes.
func freePort(t *testing.T) string {
	t.Helper()
	port, err := ports.Hold()
	require.NoError(t, err)
	return strconv.Itoa(port)
}

// command is a call of a program in the deployment's environment, which extra variables may override.
func (d *deployment) command(extra []string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = d.root
	cmd.Env = append(append(os.Environ(), d.env...), extra...)
	return cmd
}

func (d *deployment) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return d.output(t, "kubectl", append([]string{"--context", d.context, "--namespace", d.namespace}, args...)...)
}

func (d *deployment) helm(t *testing.T, args ...string) string {
	t.Helper()
	return d.output(t, "helm", append(args, "--kube-context", d.context, "--namespace", d.namespace)...)
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

// address is the host:port at which the ingress answers: where the hosts file leads.
func (d *deployment) address(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(d.hosts)
	require.NoError(t, err)
	ip, _, found := strings.Cut(strings.TrimPrefix(string(content), othersHosts), " "+host)
	require.True(t, found, "the hosts file maps %s: %s", host, content)
	if ip == "127.0.0.1" {
		return net.JoinHostPort(ip, d.port)
	}
	return net.JoinHostPort(ip, "80")
}

// visitor is a browser without JavaScript: a cookie jar and the deployment's address.
type visitor struct {
	url    string
	client *http.Client
}

func (d *deployment) visitor(t *testing.T) *visitor {
	t.Helper()
	v := newVisitor(t, "")
	v.moves(t, d.address(t))
	return v
}

func newVisitor(t *testing.T, url string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{url: url, client: &http.Client{Jar: jar, Timeout: answerTime}}
}

// moves makes the visitor go to another address from now on, as a browser does when the hosts file says so.
func (v *visitor) moves(t *testing.T, address string) {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	v.url = "http://" + host + ":" + port
	v.client.Transport = &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// answerTime is long for a machine that does much else. A connection that died is given up then, and the next one
// tried.
const answerTime = time.Minute

// request returns the answer's status and body.
func (v *visitor) request(method, path, body string) (int, string, error) {
	return v.requestFrom(v.url, method, path, body)
}

// requestFrom is a request by a page of an origin.
func (v *visitor) requestFrom(origin, method, path, body string) (int, string, error) {
	req, err := http.NewRequest(method, v.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", origin) // as browsers do
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

// sees waits until the page that the server renders shows title.
func (v *visitor) sees(t *testing.T, title string) {
	t.Helper()
	var last string
	wait.Until(t, fmt.Sprintf("the page to show the todo %q", title), func() bool {
		status, page, err := v.request("GET", "/", "")
		_, body, _ := strings.Cut(page, "<body")
		last = fmt.Sprintf("last answer: %d %v\n%.2000s", status, err, body)
		return err == nil && status == http.StatusOK && strings.Contains(page, title)
	}, func() string { return last })
}
