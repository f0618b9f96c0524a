package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/testkit"
)

// repository is one whose images are built from backend/ and frontend/ without their tests.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write(t, root, ".dockerignore", "*\n!backend\n!frontend\n**/node_modules\n**/tests\n**/.env*\n")
	write(t, root, "backend/Dockerfile", "FROM scratch\n")
	write(t, root, "backend/app/main.py", "print()\n")
	write(t, root, "frontend/Dockerfile", "FROM scratch\n")
	write(t, root, "frontend/package.json", "{}\n")
	return root
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	testkit.WriteFiles(t, root, map[string]string{name: text})
}

// hash is the tag of the backend's image; also are what else it depends on.
func hash(t *testing.T, root string, also ...inputs.List) string {
	t.Helper()
	if len(also) == 0 {
		tag, err := ContentHash(root, "backend")
		require.NoError(t, err)
		return tag
	}
	files, err := sources(root, "backend")
	require.NoError(t, err)
	l, err := readInputs(files, "backend", also[0])
	require.NoError(t, err)
	return l.Hash(tagLength)
}

func TestHashIsATagAndTheSameInAnotherClone(t *testing.T) {
	t.Parallel()
	first, second := repository(t), repository(t)
	assert.Regexp(t, "^[0-9a-f]{12}$", hash(t, first))
	assert.Equal(t, hash(t, first), hash(t, second))
}

func TestHashFollowsWhatTheBuildReads(t *testing.T) {
	t.Parallel()
	inApp := func(root string, parts ...string) string {
		return filepath.Join(append([]string{root, "backend", "app"}, parts...)...)
	}
	for name, tt := range map[string]struct {
		change func(t *testing.T, root string)
		same   bool
	}{
		"a file's content": {
			func(t *testing.T, root string) { write(t, root, "backend/app/main.py", "print(1)\n") }, false},
		"content of the same size": {
			func(t *testing.T, root string) { write(t, root, "backend/app/main.py", "print{}\n") }, false},
		"a new file":     {func(t *testing.T, root string) { write(t, root, "backend/app/__init__.py", "") }, false},
		"the Dockerfile": {func(t *testing.T, root string) { write(t, root, "backend/Dockerfile", "FROM x\n") }, false},
		"a file's name": {func(t *testing.T, root string) {
			require.NoError(t, os.Rename(inApp(root, "main.py"), inApp(root, "Main.py")))
		}, false},
		"a file's folder": {func(t *testing.T, root string) {
			require.NoError(t, os.Rename(inApp(root), filepath.Join(root, "backend", "src")))
		}, false},
		"the executable bit": {
			func(t *testing.T, root string) { require.NoError(t, os.Chmod(inApp(root, "main.py"), 0o755)) }, false},
		"a link": {
			func(t *testing.T, root string) { require.NoError(t, os.Symlink("main.py", inApp(root, "link.py"))) },
			false},
		"bits that a clone's umask sets": {
			func(t *testing.T, root string) { require.NoError(t, os.Chmod(inApp(root, "main.py"), 0o600)) }, true},
		"an executable bit of others only": {
			func(t *testing.T, root string) { require.NoError(t, os.Chmod(inApp(root, "main.py"), 0o655)) }, true},
		"an ignored folder": {
			func(t *testing.T, root string) { write(t, root, "backend/tests/test_main.py", "x") }, true},
		"an ignored folder deeper down": {
			func(t *testing.T, root string) { write(t, root, "backend/app/x/tests/deep/test.py", "x") }, true},
		"an ignored file with secrets": {func(t *testing.T, root string) { write(t, root, "backend/.env", "x") }, true},
		"installed packages": {
			func(t *testing.T, root string) { write(t, root, "backend/node_modules/x/index.js", "x") }, true},
		"the other image's files": {
			func(t *testing.T, root string) { write(t, root, "frontend/package.json", "[]") }, true},
		"files outside of both": {func(t *testing.T, root string) { write(t, root, "README.md", "x") }, true},
		"a rule that takes a file away": {
			func(t *testing.T, root string) { write(t, root, ".dockerignore", "*\n!backend\n**/main.py\n") }, false},
		"a rule that changes nothing here": {
			func(t *testing.T, root string) { write(t, root, ".dockerignore", "*\n!backend\n**/nothing\n") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := repository(t)
			before := hash(t, root)
			tt.change(t, root)
			if tt.same {
				assert.Equal(t, before, hash(t, root))
			} else {
				assert.NotEqual(t, before, hash(t, root))
			}
		})
	}
}

func TestExceptionToAnIgnoreRuleCounts(t *testing.T) {
	t.Parallel()
	root := repository(t)
	write(t, root, ".dockerignore", "**/tests\n!backend/tests/data.json\n")
	write(t, root, "backend/tests/test_main.py", "x")
	without := hash(t, root)
	write(t, root, "backend/tests/data.json", "x")
	assert.NotEqual(t, without, hash(t, root))
	write(t, root, "backend/tests/test_more.py", "x")
	assert.NotEqual(t, without, hash(t, root))
}

func TestHashFollowsWhatElseTheBuildDependsOn(t *testing.T) {
	t.Parallel()
	root := repository(t)
	seen := map[string]inputs.List{}
	for _, also := range []inputs.List{
		nil, {"platform": "linux/amd64", "base": "1"}, {"platform": "linux/arm64", "base": "1"},
		{"platform": "linux/amd64", "base": "2"}, {"platform": "linux/amd64", "another": "1"},
	} {
		tag := hash(t, root, also)
		assert.NotContains(t, seen, tag, "%v and %v", also, seen[tag])
		seen[tag] = also
	}
}

func TestHashTellsWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	root := repository(t)
	_, err := ContentHash(root, "absent")
	assert.ErrorContains(t, err, "hashing the sources of absent: ")
	write(t, root, ".dockerignore", "[\n")
	_, err = ContentHash(root, "backend")
	assert.ErrorContains(t, err, ".dockerignore")
	require.NoError(t, os.Remove(filepath.Join(root, ".dockerignore")))
	_, err = ContentHash(root, "backend")
	assert.ErrorContains(t, err, "reading which files images are built from: ")
}

func TestACloneWithOtherLineEndsAndModesIsTheSame(t *testing.T) {
	t.Parallel()
	root := repository(t)
	attributes, err := os.ReadFile("../../../../.gitattributes")
	require.NoError(t, err)
	write(t, root, ".gitattributes", string(attributes))
	clone := filepath.Join(t.TempDir(), "clone")
	const script = `set -e; umask 077; cd "$1"; git init -q; git add -A
git -c user.name=a -c user.email=a@example.com commit -qm a; git clone -q -c core.autocrlf=true "$1" "$2"`
	out, err := exec.Command("sh", "-c", script, "sh", root, clone).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, hash(t, root), hash(t, clone))
	folder, err := copySources(clone, "backend")
	require.NoError(t, err)
	defer os.RemoveAll(folder)
	for name, want := range map[string]os.FileMode{"": 0o755, "backend/app": 0o755, "backend/app/main.py": 0o644} {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), name)
	}
	assert.NoFileExists(t, filepath.Join(folder, ".dockerignore"), "it has been obeyed")
}
