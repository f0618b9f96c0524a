// Package config reads the project's settings: from the environment first, then from the file .env beside the magefile.
// It is the only package that reads them, once per run, and it checks every value before anything is changed.
package config

import (
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	chart "todo-app/deploy/helm"
)

// Config is everything that a user can set. Its zero value is of no use; Load fills in the defaults.
type Config struct {
	Root         string   // the repository's root folder
	Cache        string   // TODO_CACHE: programs and files that are built once and kept
	Cluster      string   // TODO_CLUSTER: the provider, one of Minikube, Kind and Current
	Profile      string   // TODO_PROFILE: the cluster's name
	Memory       int64    // TODO_MEMORY: bytes that a new minikube node may use
	CPUs         int      // TODO_CPUS: how many CPUs a new minikube node may use
	Nodes        int      // TODO_NODES: how many nodes a kind cluster has
	Registry     string   // TODO_REGISTRY: where images are pushed, needed for Current; "" for none
	PullSecrets  []string // TODO_PULL_SECRETS: Secrets of the namespace with the logins to registries that pods pull from
	Yes          bool     // TODO_YES: what would be asked is answered with yes
	Namespace    string   // TODO_NAMESPACE
	Host         string   // TODO_HOST: the name that the app answers to
	HTTPPort     int      // TODO_HTTP_PORT: the port of this machine that leads to the ingress
	HostsFile    string   // TODO_HOSTS_FILE: the only file in which Host is mapped to its address; "" for those of the system
	CABundle     string   // TODO_CA_BUNDLE, else SSL_CERT_FILE: given to image builds as a secret; "" for none
	RegistryFree string   // TODO_REGISTRY_FREE: auto, 1 or 0
	Ingress      Ingress
	Kubeconfigs  []string // KUBECONFIG: the files that kubectl reads, the first one before the others
	Secrets      Secrets
}

// Ingress says who serves the app's Ingress.
type Ingress struct {
	Controller string            // TODO_INGRESS: Nginx, Traefik or Gateway
	Registry   string            // TODO_INGRESS_REGISTRY: mirror that all images of minikube's addon come from; "" for their own
	Images     map[string]string // TODO_INGRESS_IMAGES: full names of images of minikube's addon, by the addon's names for them
}

// Secrets are the values that only the cluster's Secret may hold, by their keys in it, which are the variables' names. One
// that is not set is not there. Without DATABASE_URL, the chart's own Postgres runs.
type Secrets map[string]string

// The providers of a cluster.
const (
	Minikube = "minikube" // one node in a container of the Docker Engine, run by minikube
	Kind     = "kind"     // the same, run by kind's library
	Current  = "current"  // whatever the current kube context leads to
)

// The ingress controllers.
const (
	Nginx   = "nginx"
	Traefik = "traefik"
	Gateway = "gateway" // Traefik, by the Gateway API instead of an Ingress
)

// defaultCluster is the provider of those who choose none: minikube, or kind where ci, which continuous integration
// sets, is true: it takes no program besides.
func defaultCluster(ci string) string {
	if ci == "true" {
		return Kind
	}
	return Minikube
}

// Load reads the settings for the repository at root. lookup is os.LookupEnv, or a map in a test. All bad values are
// named in one error, and none of them shows a secret.
func Load(root string, lookup func(string) (string, bool)) (Config, error) {
	file, err := readDotenv(filepath.Join(root, ".env"))
	if err != nil {
		return Config{}, err
	}
	in := &reader{get: func(name string) string {
		if v, ok := lookup(name); ok {
			return strings.TrimSpace(v)
		}
		return strings.TrimSpace(file[name])
	}}
	c := Config{
		Root:         root,
		Cache:        in.absolute("TODO_CACHE", defaultCache()),
		Cluster:      in.oneOf("TODO_CLUSTER", defaultCluster(in.get("CI")), Minikube, Kind, Current),
		Profile:      in.label("TODO_PROFILE", "todo-app", 40),
		Memory:       in.memory("TODO_MEMORY", "4g"),
		CPUs:         in.number("TODO_CPUS", 2, math.MaxInt, "a whole number of 1 or more"),
		Nodes:        in.number("TODO_NODES", 1, 9, "a number of nodes from 1 to 9"),
		Registry:     in.registry("TODO_REGISTRY"),
		PullSecrets:  in.names("TODO_PULL_SECRETS"),
		Yes:          in.oneOf("TODO_YES", "0", "0", "1") == "1",
		Namespace:    in.namespace("TODO_NAMESPACE", "todo-app"),
		Host:         in.host("TODO_HOST", "todo.local"),
		HTTPPort:     in.port("TODO_HTTP_PORT", 80),
		HostsFile:    in.absolute("TODO_HOSTS_FILE", ""),
		CABundle:     in.certificates("TODO_CA_BUNDLE", "SSL_CERT_FILE"),
		RegistryFree: in.oneOf("TODO_REGISTRY_FREE", "auto", "auto", "1", "0"),
		Kubeconfigs:  kubeconfigs(lookup),
		Secrets: Secrets{
			chart.DatabaseURL:       in.postgresURL(chart.DatabaseURL),
			chart.DirectDatabaseURL: in.postgresURL(chart.DirectDatabaseURL),
			"OPENAI_API_KEY":        in.secret("OPENAI_API_KEY"),
			"OPENAI_BASE_URL":       in.httpURL("OPENAI_BASE_URL"),
			"OPENAI_MODEL":          in.secret("OPENAI_MODEL"),
		},
	}
	maps.DeleteFunc(c.Secrets, func(_, value string) bool { return value == "" })
	c.Ingress = in.ingress(c.Cluster)
	in.together(c)
	return c, errors.Join(in.errs...)
}

// together names settings that do not go together.
func (in *reader) together(c Config) {
	if c.Secrets[chart.DirectDatabaseURL] != "" && c.Secrets[chart.DatabaseURL] == "" {
		in.bad("DIRECT_DATABASE_URL", "is set",
			"but DATABASE_URL is not; set both, or neither to run Postgres in the cluster")
	}
	if c.Nodes > 1 && c.Cluster != Kind {
		in.bad("TODO_NODES", quoted(strconv.Itoa(c.Nodes)), "but only kind makes clusters of several nodes here; set "+
			"TODO_CLUSTER=kind, or leave TODO_NODES unset")
	}
	if c.Cluster == Current && c.Registry == "" {
		in.bad("TODO_CLUSTER", quoted(Current), "but TODO_REGISTRY is not set; name the registry that this cluster "+
			"pulls from, such as registry.example.com/team")
	}
}

func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil { // no home directory
		dir = os.TempDir()
	}
	return filepath.Join(dir, "todo-app")
}
