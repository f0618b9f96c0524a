//go:build long

package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/leak"
	"todo-app/magefiles/internal/wait"
)

// newSecret is one of 24 characters with all that programs write in a way of their own.
func newSecret() string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	characters := []rune(`@%#$"' é€`)
	for len(characters) < 22 {
		characters = append(characters, rune(letters[rand.IntN(len(letters))]))
	}
	rand.Shuffle(len(characters), func(i, j int) { characters[i], characters[j] = characters[j], characters[i] })
	return "k" + string(characters) + "k" // a blank at an end is no part of a value
}

// escaped is text with each byte percent-encoded, in small letters as no program of ours writes it.
func escaped(text string) (all string) {
	for _, b := range []byte(text) {
		all += fmt.Sprintf("%%%02x", b)
	}
	return all
}

// spy looks for secrets.
type spy struct {
	secrets []string
	began   time.Time
	mu      sync.Mutex
	found   []string
}

// look looks for the secrets in text, which is that of a place.
func (s *spy) look(place, text string) {
	for i, secret := range s.secrets {
		if what := leak.Find(text, secret); what != "" {
			s.mu.Lock()
			s.found = append(s.found, fmt.Sprintf("%s: secret %d, %s", place, i, what))
			s.mu.Unlock()
		}
	}
}

// TestNoPartOfASecretIsSeen deploys with secrets that no program writes as they are, and looks for parts of them in all
// that is printed, kept and called.
func TestNoPartOfASecretIsSeen(t *testing.T) {
	destroyShared()
	d := newDeployment(t, kind)
	password, apiKey, modelPassword, wrong := newSecret(), newSecret(), newSecret(), newSecret()
	t.Logf("secrets of this run: %q", []string{password, apiKey, modelPassword, wrong})
	s := &spy{secrets: []string{password, apiKey, modelPassword, wrong}, began: time.Now()}
	lines := watchAllCommandLines(t)
	run := func(env []string, want string, args ...string) {
		t.Helper()
		cmd := d.command(env, d.program, args...)
		out, err := cmd.CombinedOutput()
		t.Logf("%v: %v, %d bytes", args, err, len(out))
		assert.Contains(t, string(out), want, args)
		s.look(strings.Join(args, " "), string(out))
	}
	run(nil, "created", "cluster")
	place := d.externalPostgres(t, password)
	model := "http://models:" + escaped(modelPassword) + "@" + strings.Replace(place, ":5432/todo", ":9/v1", 1)
	database := func(password string) string {
		return "postgresql://todo:" + password + "@" + place + "?sslmode=require"
	}
	user := func(password string) string { return strings.TrimPrefix(url.UserPassword("", password).String(), ":") }
	env := []string{"DATABASE_URL=" + database(user(password)), "DIRECT_DATABASE_URL=" + database(escaped(password)),
		"OPENAI_API_KEY=" + apiKey, "OPENAI_BASE_URL=" + model}
	other := func(url string) []string {
		return append(slices.Clone(env), "DATABASE_URL="+url, "DIRECT_DATABASE_URL="+url)
	}

	run(other(database(user(wrong))), "what to do", "deploy")
	run(env, "✓ verify", "deploy")
	run(env, "✓ verify", "-v", "deploy")
	v := d.visitor(t)
	for _, key := range []string{apiKey, "ascii-" + strings.Repeat("k", 20)} {
		run(append(slices.Clone(env), "OPENAI_API_KEY="+key), `"event":"done","step":"verify"`, "deploy", "-json")
		status, answer, err := v.request(http.MethodPost, "/api/chat", `{"message": "What is due?"}`)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
		s.look("the assistant's answer", answer)
		s.look("the pods' logs", d.kubectl(t, "logs", "--selector", "app.kubernetes.io/instance=todo-app",
			"--all-containers", "--prefix", "--tail=-1"))
	}
	run(other("postgresql://todo:"+escaped(wrong)+"@nowhere.invalid/todo"), "what to do", "-v", "deploy")
	run(other("postgresql://todo:"+wrong+"@"+place), "setting DATABASE_URL: it ", "deploy")
	run(env, "deployed, revision", "status")
	run(env, "{", "status", "-json")
	run(env, "Docker Engine", "doctor")
	s.look("logs", d.follows(t, env, "backend"))
	s.looksInTheCluster(t, d)
	s.looksAtImages(t, d)
	run(env, "removed", "down")
	run(env, "removed", "destroy")
	s.looksAtFiles(t)
	seen := lines()
	assert.Contains(t, seen, "helm upgrade --install", "the watch has seen this run")
	s.look("a command line", seen)
	assert.Empty(t, s.found)
}

// watchAllCommandLines keeps the arguments of all processes until the returned function is called.
func watchAllCommandLines(t *testing.T) func() string {
	seen := watchCommandLines(t, "")
	return func() string { return strings.Join(slices.Compact(slices.Sorted(slices.Values(seen()))), "\n") }
}

// follows runs the target logs until a line of a part is there, and ends it as Ctrl-C does.
func (d *deployment) follows(t *testing.T, env []string, part string) string {
	t.Helper()
	out, cmd := &written{}, d.target("logs", env...)
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(t, cmd.Start())
	wait.Until(t, "the logs to be shown", func() bool { return strings.Contains(out.String(), part) }, out.String)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	_ = cmd.Wait()
	return out.String()
}

// written is what a program has written so far.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}
func (w *written) String() string { w.mu.Lock(); defer w.mu.Unlock(); return w.text.String() }

// looksInTheCluster reads all objects but the data of the one Secret that secrets are for, and helm's records.
func (s *spy) looksInTheCluster(t *testing.T, d *deployment) {
	t.Helper()
	secrets := d.kubectl(t, "get", "secrets", "-o", "json")
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Type     string
			Data     map[string][]byte
		}
	}
	require.NoError(t, json.Unmarshal([]byte(secrets), &list))
	records := 0
	for _, one := range list.Items {
		if one.Type == "helm.sh/release.v1" {
			packed, err := base64.StdEncoding.DecodeString(string(one.Data["release"]))
			require.NoError(t, err)
			unpacked, err := gzip.NewReader(bytes.NewReader(packed))
			require.NoError(t, err)
			text, err := io.ReadAll(unpacked)
			require.NoError(t, err)
			assert.Contains(t, string(text), "existingSecret", "helm's record is read")
			s.look("helm's record "+one.Metadata.Name, string(text))
			records++
		}
	}
	assert.NotZero(t, records)
	s.look("the Secret's metadata",
		d.kubectl(t, "get", "secrets", "--show-managed-fields", "-o", "jsonpath={.items[*].metadata}"))
	s.look("the other objects", d.kubectl(t, "get", "--show-managed-fields", "-o", "json",
		"all,configmaps,events,networkpolicies,ingresses,replicasets,serviceaccounts,endpointslices,jobs"))
	held := d.kubectl(t, "get", "secret", "todo-app-settings", "-o", "json")
	assert.NotEmpty(t, leak.Find(held, s.secrets[0]), "the Secret has the secret, and it would be found elsewhere, too")
}

// looksAtImages reads the configurations and the histories of the images that run.
func (s *spy) looksAtImages(t *testing.T, d *deployment) {
	t.Helper()
	for _, part := range []string{"backend", "frontend"} {
		image := d.kubectl(t, "get", "deployment", "todo-app-"+part,
			"-o", "jsonpath={.spec.template.spec.containers[0].image}")
		s.look(image, d.output(t, "docker", "image", "inspect", image))
		s.look(image, d.output(t, "docker", "history", "--no-trunc", image))
	}
}

// looksAtFiles reads what was written into the folder of caches since the test began: reports, logs, notes.
func (s *spy) looksAtFiles(t *testing.T) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(usualCache(t), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // one that another run has just removed
		}
		info, err := entry.Info()
		if err != nil || info.ModTime().Before(s.began) || info.Size() > 4<<20 {
			return nil
		}
		if text, err := os.ReadFile(path); err == nil {
			s.look(path, string(text))
			files++
		}
		return nil
	}))
	reports, err := filepath.Glob(filepath.Join(usualCache(t), "reports", profile+"-*.txt"))
	require.NoError(t, err)
	assert.NotEmpty(t, reports, "failed runs leave reports")
	assert.NotZero(t, files)
}
