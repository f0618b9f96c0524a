package session

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// environment is what the environments of all programs are made from, by the table in the runner: the caller's own, in
// which the programs that the project built, in the folder bin, come first on PATH.
func environment(caller []string, bin string) []string {
	env := leaveNode(caller)
	return append(env, "PATH="+bin+string(os.PathListSeparator)+runner.Getenv(env, "PATH"))
}

// leaveNode takes back what `eval $(minikube docker-env)` did to the shell that this was run in: what is meant for the
// machine's own engine would go to some cluster's.
func leaveNode(env []string) []string {
	const mark = "MINIKUBE_ACTIVE_DOCKERD"
	if runner.Getenv(env, mark) == "" {
		return slices.Clone(env)
	}
	var left []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		switch before, ok := strings.CutPrefix(kv, "MINIKUBE_EXISTING_"); {
		case ok:
			left = append(left, before)
		case !slices.Contains([]string{mark, "DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"}, name):
			left = append(left, kv)
		}
	}
	return left
}

// runnable has r print commands in a form that works here: targets as the user called this one, or else with mage where
// it is installed, and with Go alone where it is not; the programs that the project built by their paths in bin.
func runnable(r *report.Reporter, bin, called string, lookPath func(string) (string, error)) {
	if _, err := lookPath("mage"); called == "" && err == nil {
		called = "mage"
	}
	r.Commands(cmp.Or(called, "go run ."), func(program string) string {
		if _, err := lookPath(program); err == nil {
			return ""
		}
		return filepath.Join(bin, program)
	})
}
