package cluster

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestACauseIsTakenOutOfWhatAProgramPrints(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ output, cause string }{
		"minikube's last words are a box": {`* minikube v1.38.1 on Debian 12
* Creating docker container (CPUs=2, Memory=4096MB) ...
! StartHost failed, but will try again: creating host
X Exiting due to GUEST_PROVISION: error provisioning guest: Failed to start host: docker run: exit status 125
stdout:

stderr:
docker: Error response from daemon: could not find an available IPv4 address pool.

*
╭─────────────────────────────────────────────────────────╮
│    * If the above advice does not help, please let us know:      │
│      https://github.com/kubernetes/minikube/issues/new/choose    │
╰─────────────────────────────────────────────────────────╯
`, "Exiting due to GUEST_PROVISION: error provisioning guest: Failed to start host: docker run: exit status 125\n" +
			"docker: Error response from daemon: could not find an available IPv4 address pool."},
		"kubeadm's is among what it did": {"[init] Using Kubernetes version: v1.34.4\n[preflight] Some fatal errors occurred:\n" +
			"\t[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2\n" +
			"error: error execution phase preflight\n",
			"[ERROR NumCPU]: the number of available CPUs 1 is less than the required 2\n" +
				"error: error execution phase preflight"},
		"nothing is named": {"one\n\ntwo\n", "one\ntwo"},
		"nothing at all":   {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.cause, Cause(tt.output))
		})
	}
}

func TestTheWholeOutputIsKept(t *testing.T) {
	t.Parallel()
	l := Local{Cache: t.TempDir(), Profile: "p"}
	path := filepath.Join(l.Cache, "logs", "minikube-p.log")
	assert.Equal(t, "all that minikube printed is in "+path, l.Log("minikube", "long"))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "long", string(text))
	assert.Contains(t, Local{Cache: path}.Log("minikube", ""), "could not be kept: ")
}
