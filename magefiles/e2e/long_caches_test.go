//go:build long

package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFrontendBuildsAtOnceInterruptedAndOnABrokenCacheAllSucceed builds in the engine of the machine, as for kind, and
// in that of minikube's node.
func TestFrontendBuildsAtOnceInterruptedAndOnABrokenCacheAllSucceed(t *testing.T) {
	for _, p := range []provider{kind, minikube} {
		t.Run(p.name, func(t *testing.T) {
			d, _ := shared(t, p) // which has the images that builds start from
			engine := os.Environ()
			if p == minikube {
				there := d.output(t, "minikube", "docker-env", "--profile", profile, "--shell", "none")
				engine = append(engine, strings.Fields(there)...)
			}
			one, other := newSources(t, d.root, engine), newSources(t, d.root, engine)
			for n := range 8 {
				first, second := one.build(t, fmt.Sprint("first ", n)), other.build(t, fmt.Sprint("second ", n))
				first.succeeds(t)
				second.succeeds(t)
			}
			for n := range 8 {
				b := one.build(t, fmt.Sprint("interrupted ", n))
				after := rand.N(time.Minute)
				select {
				case <-b.ended:
				case <-time.After(after):
					require.NoError(t, b.cmd.Process.Signal(syscall.SIGINT))
					<-b.ended
				}
				t.Logf("interrupted after %s: %s", after, b.last())
			}
			for n, c := range []struct{ damage, said string }{
				{"true", ""},
				{`truncate --size=$(($(stat --format=%s $f) / 2)) $f`, "what was kept is broken"},
				{`head --bytes=1000000 /dev/urandom >$f`, "what was kept is broken"},
				{`mv $f /kept/next-1.tar.gz`, "nothing is kept of these versions"},
			} {
				one.damage(t, fmt.Sprintf("for f in /kept/next-*.tar.gz; do %s; done # %d", c.damage, rand.Int()))
				b := one.build(t, fmt.Sprint("damaged ", n))
				b.succeeds(t)
				if c.said == "" {
					assert.NotContains(t, b.out.String(), "the cache .next/cache:")
				}
				assert.Contains(t, b.out.String(), c.said)
			}
		})
	}
}

// sources are a copy of what the frontend is built from, to be changed.
type sources struct {
	dir, image string
	engine     []string
}

func newSources(t *testing.T, root string, engine []string) sources {
	t.Helper()
	s := sources{t.TempDir(), fmt.Sprintf("%s-caches:%d", profile, rand.Int()), engine}
	archive := filepath.Join(s.dir, "archive")
	for _, call := range [][]string{
		{"tar", "-C", root, "--exclude=node_modules", "--exclude=.next", "-cf", archive, ".dockerignore", "frontend"},
		{"tar", "-C", s.dir, "-xf", archive},
	} {
		out, err := exec.Command(call[0], call[1:]...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	t.Cleanup(func() { _ = s.docker("rmi", "--force", s.image).Run() })
	return s
}

func (s sources) docker(args ...string) *exec.Cmd {
	cmd := exec.Command("docker", args...)
	cmd.Dir = s.dir
	cmd.Env = append(s.engine, "DOCKER_BUILDKIT=1")
	return cmd
}

// damage runs a shell where builds keep what they know.
func (s sources) damage(t *testing.T, script string) {
	t.Helper()
	cmd := s.docker("build", "-")
	cmd.Stdin = strings.NewReader("FROM node:24-slim\n" +
		"RUN --mount=type=cache,id=todo-app-frontend,target=/kept " + script + "\n")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

// build is one that runs.
type build struct {
	sources
	title string
	cmd   *exec.Cmd
	out   bytes.Buffer
	ended chan struct{}
	err   error
}

// build begins to build after a change: another title of a page.
func (s sources) build(t *testing.T, title string) *build {
	t.Helper()
	page := filepath.Join(s.dir, "frontend", "app", "not-found.tsx")
	const source = "export const metadata = { title: %q };\nexport default function NotFound() { return null; }\n"
	text := fmt.Sprintf(source, title)
	require.NoError(t, os.WriteFile(page, []byte(text), 0o600))
	b := &build{sources: s, title: title, ended: make(chan struct{}),
		cmd: s.docker("build", "--progress=plain", "--file=frontend/Dockerfile", "--tag="+s.image, ".")}
	b.cmd.Stdout, b.cmd.Stderr = &b.out, &b.out
	require.NoError(t, b.cmd.Start())
	go func() {
		b.err = b.cmd.Wait()
		close(b.ended)
	}()
	return b
}

// succeeds waits for the build's end, and looks for its change in the image.
func (b *build) succeeds(t *testing.T) {
	t.Helper()
	<-b.ended
	require.NoError(t, b.err, "%s: %s", b.title, &b.out)
	look := b.docker("run", "--rm", "--entrypoint=grep", b.image, "--recursive", "--files-with-matches", b.title,
		".next/server")
	out, err := look.CombinedOutput()
	require.NoError(t, err, "%s is not in the image: %s", b.title, out)
}

func (b *build) last() string {
	lines := strings.Split(strings.TrimSpace(b.out.String()), "\n")
	return lines[len(lines)-1]
}
