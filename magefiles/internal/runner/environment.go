package runner

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// rule says how the environment of some programs differs from the caller's. What no rule names is passed: where
// programs find their files, registries, mirrors and certificates is the user's to say.
type rule struct {
	programs []string
	leave    []string // patterns of variables that are left out
	keep     []string // and those that are passed although a pattern names them
	set      []string // KEY=value
	why      string
}

// rules is the one table of what programs are run with. Command.Env comes after it, and wins.
var rules = []rule{
	{
		programs: []string{"docker", "minikube"},
		leave:    []string{"DOCKER_DEFAULT_PLATFORM", "DOCKER_CONTENT_TRUST*", "BUILDX_BUILDER", "BUILDKIT_HOST"},
		set:      []string{"DOCKER_BUILDKIT=1", "BUILDX_NO_DEFAULT_ATTESTATIONS=1"},
		why: "images are for the engine's own platform, made here and unsigned, and built by the engine that runs them; " +
			"an attestation gives the same sources another image ID each time",
	},
	{
		programs: []string{"kubectl"},
		leave:    []string{"KUBECTL_*", "KUBERC"},
		set:      []string{"KUBERC=off", "KUBECTL_KUBERC=false"},
		why:      "a preference such as an interactive delete would change what a command does",
	},
	{
		programs: []string{"helm"},
		leave:    []string{"HELM_*"},
		why:      "another namespace, context or storage would hide the release; the chart needs no repository",
	},
	{
		programs: []string{"minikube"},
		leave:    []string{"MINIKUBE_*"},
		keep:     []string{"MINIKUBE_HOME"},
		why:      "minikube reads each of its options from a variable, too",
	},
	{
		programs: Clients,
		set:      []string{"GOGC=400"},
		why:      "they end after a moment, and collecting garbage takes a quarter of their CPU time until then",
	},
	{
		programs: []string{"go"},
		set:      []string{"GOWORK=off"},
		why:      "a go.work above the clone would choose other versions, or shut the clone out",
	},
	{
		programs: []string{"npm"},
		leave: []string{"NODE_ENV", "npm_config_omit", "npm_config_only", "npm_config_production", "npm_config_global",
			"npm_config_prefix", "NPM_CONFIG_OMIT", "NPM_CONFIG_ONLY", "NPM_CONFIG_PRODUCTION", "NPM_CONFIG_GLOBAL",
			"NPM_CONFIG_PREFIX"},
		why: "packages that tests and builds need would be left out, or go elsewhere",
	},
	{
		programs: []string{"python", "python3", "pip"},
		leave:    []string{"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH"},
		why:      "packages go into an environment of their own, and come from there",
	},
}

// proxies are the variables that lead to a proxy.
var proxies = []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"}

// direct are private addresses: nodes and their engines are there, which no proxy reaches.
const direct = "localhost,127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"

// Clients are the programs that talk to nodes.
var Clients = []string{"docker", "kubectl", "helm", "minikube"}

// environment is what a program is run with, made from the caller's by the table.
func environment(program string, caller []string) []string {
	program = strings.TrimSuffix(filepath.Base(program), ".exe")
	env := slices.Clone(caller)
	for _, r := range rules {
		if !slices.Contains(r.programs, program) {
			continue
		}
		env = slices.DeleteFunc(env, func(kv string) bool {
			name, _, _ := strings.Cut(kv, "=")
			return slices.ContainsFunc(r.leave, func(pattern string) bool {
				match, _ := path.Match(pattern, name)
				return match && !slices.Contains(r.keep, name)
			})
		})
		env = append(env, r.set...)
	}
	set := func(name string) bool { return Getenv(env, name) != "" }
	if slices.Contains(Clients, program) && slices.ContainsFunc(proxies, set) {
		for _, name := range []string{"no_proxy", "NO_PROXY"} {
			env = append(env, name+"="+strings.TrimPrefix(Getenv(env, name)+","+direct, ","))
		}
	}
	return env
}

// ProxyArgs are the options by which an image build gets the caller's proxies; docker takes the values from its own
// environment, so that a password in one is in no argument.
func ProxyArgs() (args []string) {
	for _, name := range append(slices.Clone(proxies), "no_proxy", "NO_PROXY") {
		if os.Getenv(name) != "" {
			args = append(args, "--build-arg", name)
		}
	}
	return args
}
