package images

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/runner"
)

const (
	inspect = "docker image inspect --format {{.Id}} "
	base    = "docker image inspect --format {{.Os}}/{{.Architecture}} {{.Id}} python:3.11-slim node:24-slim"
)

// engine answers as a Docker Engine that has both bases; more are tried before its own replies.
func engine(t *testing.T, more ...runner.Reply) *runner.Fake {
	return runner.NewFake(t, append(more,
		runner.Reply{Prefix: base, Output: "linux/amd64 sha256:p\nlinux/amd64 sha256:n"})...)
}

// build does what a run does: it looks at the sources, and builds what they are.
func build(t *testing.T, b Builder) (set Set, note string, err error) {
	t.Helper()
	b.Answers = new(sync.Map)
	if set, err = b.Current(t.Context()); err == nil {
		note, err = b.Build(t.Context(), set)
	}
	return set, note, err
}

var (
	absent = runner.Reply{Prefix: inspect + "todo-", Fails: "No such image"}
	built  = runner.Reply{Prefix: inspect + "todo-", Output: "sha256:t"}
)

func TestCurrentNamesBothImages(t *testing.T) {
	t.Parallel()
	root, fake := repository(t), engine(t)
	b := Builder{Runner: fake, Root: root, Answers: new(sync.Map)}
	set, err := b.Current(t.Context())
	require.NoError(t, err)
	again, err := b.Current(t.Context())
	require.NoError(t, err)
	assert.Equal(t, set, again)
	also := inputs.List{"the platform": "linux/amd64", "the base image python:3.11-slim": "sha256:p"}
	assert.Equal(t, "todo-backend:"+hash(t, root, also), set.Backend)
	assert.Regexp(t, "^todo-frontend:[0-9a-f]{12}$", set.Frontend)
	assert.Equal(t, []string{base}, fake.Lines(), "it is asked once")
	assert.Equal(t, []string{set.Backend, set.Frontend}, set.Refs())
	assert.Equal(t, "backend "+Tag(set.Backend)+", frontend "+Tag(set.Frontend), set.String())
}

func TestImagesForARegistryAreNamedAfterIt(t *testing.T) {
	t.Parallel()
	root := repository(t)
	local, err := Builder{Runner: engine(t), Root: root}.Current(t.Context())
	require.NoError(t, err)
	set, err := Builder{Runner: engine(t), Root: root, Registry: "registry.example.com:5000/team"}.Current(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "registry.example.com:5000/team/"+local.Backend, set.Backend)
	assert.Equal(t, Tag(local.Frontend), Tag(set.Frontend))
	assert.Equal(t, local.String(), set.String(), "users read the same names")
}

func TestNewerBaseGivesANewTagToItsImageOnly(t *testing.T) {
	t.Parallel()
	root := repository(t)
	before, err := Builder{Runner: engine(t), Root: root}.Current(t.Context())
	require.NoError(t, err)
	newer := runner.Reply{Prefix: base, Output: "linux/amd64 sha256:newer\nlinux/amd64 sha256:n"}
	after, err := Builder{Runner: engine(t, newer), Root: root}.Current(t.Context())
	require.NoError(t, err)
	assert.NotEqual(t, before.Backend, after.Backend)
	assert.Equal(t, before.Frontend, after.Frontend)
}

func TestBuildRunsBuildKitFromTheRootForWhatIsAbsent(t *testing.T) {
	t.Parallel()
	root, fake := repository(t), engine(t, absent).Allow("docker build")
	set, note, err := build(t, Builder{Runner: fake, Root: root, CABundle: "/etc/ca.pem"})
	require.NoError(t, err)
	assert.Equal(t, "built "+set.String(), note)
	calls := fake.Lines()[1:]
	slices.Sort(calls) // both builds run at the same time
	assert.Equal(t, []string{
		"docker build --progress plain --file backend/Dockerfile --tag " + set.Backend +
			" --build-arg PYTHON_IMAGE=python:3.11-slim --secret id=ca_bundle,src=/etc/ca.pem .",
		"docker build --progress plain --file frontend/Dockerfile --tag " + set.Frontend +
			" --build-arg NODE_IMAGE=node:24-slim --secret id=ca_bundle,src=/etc/ca.pem .",
		inspect + set.Backend,
		inspect + set.Backend + " " + set.Frontend,
		inspect + set.Frontend,
	}, calls)
}

func TestBuildCommandNeedsNoBundle(t *testing.T) {
	t.Parallel()
	c := Builder{Root: "/repo"}.command(frontend, "todo-frontend:1")
	assert.Equal(t,
		"docker build --progress plain --file frontend/Dockerfile --tag todo-frontend:1 --build-arg "+
			"NODE_IMAGE=node:24-slim .", c.String())
}

func TestBuildDoesNothingForImagesThatAreThere(t *testing.T) {
	t.Parallel()
	fake := engine(t, built)
	set, note, err := build(t, Builder{Runner: fake, Root: repository(t)})
	require.NoError(t, err)
	assert.Equal(t, "unchanged ("+set.String()+")", note)
	assert.Len(t, fake.Lines(), 2)
}

func TestBuildOfOneImageLeavesTheOther(t *testing.T) {
	t.Parallel()
	root := repository(t)
	fake := engine(t, runner.Reply{Prefix: inspect + "todo-frontend", Fails: "No such image"},
		runner.Reply{Prefix: inspect + "todo-backend", Fails: "No such image", Times: 1}, built) // both at once
	fake.Allow("docker build")
	set, note, err := build(t, Builder{Runner: fake, Root: root})
	require.NoError(t, err)
	assert.Equal(t, "built frontend "+Tag(set.Frontend), note)
	assert.Len(t, fake.Lines(), 5)
}

func TestFailuresAreToldWithTheirImage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  string
	}{
		"no engine answers": {runner.Reply{Prefix: base, Fails: "Cannot connect"}, "reading the base images "},
		"a base is missing": {runner.Reply{Prefix: base, Fails: "No such image: node:24-slim"},
			"reading the base images python:3.11-slim, node:24-slim: "},
		"a build breaks": {
			runner.Reply{Prefix: "docker build --progress plain --file backend", Fails: "unknown instruction: FORM"},
			"from backend/Dockerfile: running `cd "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := build(t,
				Builder{Runner: engine(t, tt.reply, absent).Allow("docker build"), Root: repository(t)})
			require.ErrorContains(t, err, tt.says)
			assert.ErrorContains(t, err, tt.reply.Fails)
		})
	}
}

func TestBasesAreWhatTheDockerfilesStartFrom(t *testing.T) {
	t.Parallel()
	for _, a := range []app{backend, frontend} {
		assert.Contains(t, Bases(), a.base)
		dockerfile := read(t, filepath.Join("..", "..", "..", "..", a.folder, "Dockerfile"))
		assert.Contains(t, dockerfile, "ARG "+a.arg+"="+a.base)
		assert.Contains(t, dockerfile, "FROM ${"+a.arg+"}")
	}
}

func TestAPathWithACommaIsOneFieldOfAnOption(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "id=ca_bundle,src=/etc/ca.pem", fields("id=ca_bundle", "src=/etc/ca.pem"))
	assert.Equal(t, `id=ca_bundle,"src=/a, ""b""/ca.pem"`, fields("id=ca_bundle", `src=/a, "b"/ca.pem`))
}

func TestWhatHasChangedSinceAnImageWasBuiltIsNamed(t *testing.T) {
	t.Parallel()
	root := repository(t)
	b := Builder{Runner: engine(t, absent).Allow("docker build"), Root: root, Kept: inputs.Store{Folder: t.TempDir()}}
	set, _, err := build(t, b)
	require.NoError(t, err)
	write(t, root, "backend/app/main.py", "print(2)\n")
	write(t, root, "backend/tests/test_main.py", "no part of the image")
	for ref, want := range map[string][]string{set.Backend: {"backend/app/main.py changed"}, set.Frontend: nil} {
		changed, known, err := b.Changed(t.Context(), ref)
		require.NoError(t, err)
		assert.True(t, known)
		assert.Equal(t, want, changed)
	}
	b.Runner = engine(t, runner.Reply{Prefix: base, Output: "linux/amd64 sha256:newer\nlinux/amd64 sha256:n"})
	changed, _, err := b.Changed(t.Context(), set.Backend)
	require.NoError(t, err)
	assert.Equal(t, []string{"backend/app/main.py changed", "the base image python:3.11-slim changed"}, changed)
	_, known, err := b.Changed(t.Context(), "todo-backend:another")
	require.NoError(t, err)
	assert.False(t, known, "of an image that was built elsewhere nothing is known")
	_, _, err = b.Changed(t.Context(), "nginx:1")
	assert.ErrorContains(t, err, "none of the app's images")
}

func TestAnImageThatIsThereIsRememberedToo(t *testing.T) {
	t.Parallel()
	b := Builder{Runner: engine(t, built), Root: repository(t), Kept: inputs.Store{Folder: t.TempDir()}}
	set, _, err := build(t, b)
	require.NoError(t, err)
	_, known, err := b.Changed(t.Context(), set.Backend)
	require.NoError(t, err)
	assert.True(t, known)
}

func TestSourcesThatAreEditedMeanwhileAreNotBuiltUnderAnothersName(t *testing.T) {
	t.Parallel()
	root := repository(t)
	b := Builder{Runner: engine(t, absent), Root: root}
	set, err := b.Current(t.Context())
	require.NoError(t, err)
	write(t, root, "backend/app/main.py", "print(2)\n")
	write(t, root, "frontend/package.json", "[]\n")
	_, err = b.Build(t.Context(), set)
	assert.ErrorContains(t, err, "have been edited since this run looked at them; deploy again")
}
