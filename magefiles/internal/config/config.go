// Package config reads the project's settings: from the environment first, then from the file .env beside the magefile.
// It is the only package that reads them, once per run, and it checks every value before anything is changed.
package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Config is everything that a user can set. Its zero value is of no use; Load fills in the defaults.
type Config struct {
	Root         string // the repository's root folder
	Cache        string // TODO_CACHE: programs and files that are built once and kept
	Cluster      string // TODO_CLUSTER: the provider, Kind
	Profile      string // TODO_PROFILE: the cluster's name
	Namespace    string // TODO_NAMESPACE
	Host         string // TODO_HOST: the name that the app answers to
	HTTPPort     int    // TODO_HTTP_PORT: the port of this machine that leads to the ingress
	HostsFile    string // TODO_HOSTS_FILE: the only file in which Host is mapped to its address; "" for those of the system
	CABundle     string // TODO_CA_BUNDLE, else SSL_CERT_FILE: given to image builds as a secret; "" for none
	RegistryFree string // TODO_REGISTRY_FREE: auto, 1 or 0
	Secrets      Secrets
}

// Secrets are the values that only the cluster's Secret may hold. Their keys in the Secret are the variables' names.
type Secrets struct {
	DatabaseURL       string // "" runs the chart's own Postgres
	DirectDatabaseURL string // for migrations, where DatabaseURL leads to a pooler
	OpenAIAPIKey      string
	OpenAIBaseURL     string
	OpenAIModel       string
}

// Map has the secrets that are set, under their variables' names.
func (s Secrets) Map() map[string]string {
	m := map[string]string{}
	for key, value := range map[string]string{
		"DATABASE_URL": s.DatabaseURL, "DIRECT_DATABASE_URL": s.DirectDatabaseURL,
		"OPENAI_API_KEY": s.OpenAIAPIKey, "OPENAI_BASE_URL": s.OpenAIBaseURL, "OPENAI_MODEL": s.OpenAIModel,
	} {
		if value != "" {
			m[key] = value
		}
	}
	return m
}

// Kind is the provider that runs Kubernetes in one container of the Docker Engine.
const Kind = "kind"

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
		Cluster:      in.oneOf("TODO_CLUSTER", Kind, Kind),
		Profile:      in.label("TODO_PROFILE", "todo-app", 40),
		Namespace:    in.label("TODO_NAMESPACE", "todo-app", 63),
		Host:         in.host("TODO_HOST", "todo.local"),
		HTTPPort:     in.port("TODO_HTTP_PORT", 80),
		HostsFile:    in.absolute("TODO_HOSTS_FILE", ""),
		CABundle:     in.certificates("TODO_CA_BUNDLE", "SSL_CERT_FILE"),
		RegistryFree: in.oneOf("TODO_REGISTRY_FREE", "auto", "auto", "1", "0"),
		Secrets: Secrets{
			DatabaseURL:       in.postgresURL("DATABASE_URL"),
			DirectDatabaseURL: in.postgresURL("DIRECT_DATABASE_URL"),
			OpenAIAPIKey:      in.secret("OPENAI_API_KEY"),
			OpenAIBaseURL:     in.httpURL("OPENAI_BASE_URL"),
			OpenAIModel:       in.secret("OPENAI_MODEL"),
		},
	}
	if c.Secrets.DirectDatabaseURL != "" && c.Secrets.DatabaseURL == "" {
		in.bad("DIRECT_DATABASE_URL", "is set", "but DATABASE_URL is not; set both, or neither to run Postgres in the cluster")
	}
	return c, errors.Join(in.errs...)
}

func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil { // no home directory
		dir = os.TempDir()
	}
	return filepath.Join(dir, "todo-app")
}
