package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// file is one of an archive; with a target it is a symbolic link.
type file struct{ name, content, target string }

func pack(t *testing.T, files ...file) *bytes.Buffer {
	t.Helper()
	var all bytes.Buffer
	out := tar.NewWriter(&all)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.content)), Mode: 0o644}
		if f.target != "" {
			header = &tar.Header{Typeflag: tar.TypeSymlink, Name: f.name, Linkname: f.target}
		}
		require.NoError(t, out.WriteHeader(header))
		_, err := io.WriteString(out, f.content)
		require.NoError(t, err)
	}
	require.NoError(t, out.Close())
	return &all
}

func unpack(t *testing.T, r io.Reader) map[string]string {
	t.Helper()
	files := map[string]string{}
	for in := tar.NewReader(r); ; {
		entry, err := in.Next()
		if err == io.EOF {
			return files
		}
		require.NoError(t, err)
		content, err := io.ReadAll(in)
		require.NoError(t, err)
		assert.NotContains(t, files, entry.Name, "each file is there once")
		files[entry.Name] = string(content)
	}
}

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func thin(t *testing.T, in *bytes.Buffer, had ...string) map[string]string {
	t.Helper()
	var out bytes.Buffer
	has := func(d string) bool {
		return slices.ContainsFunc(had, func(content string) bool { return d == "sha256:"+digest(content) })
	}
	require.NoError(t, Thin(&out, in, has))
	return unpack(t, &out)
}

// An archive as Docker 20.10 writes it.
func legacy(t *testing.T) *bytes.Buffer {
	return pack(t,
		file{name: "a1/VERSION", content: "1.0"}, file{name: "a1/json", content: `{"id":"a1"}`}, file{name: "a1/layer.tar", content: "base"},
		file{name: "a2/layer.tar", content: "libraries"}, file{name: "a3/layer.tar", content: "app"},
		file{name: "a4/layer.tar", target: "../a1/layer.tar"},
		file{name: "c1.json", content: `{"one":1}`}, file{name: "c2.json", content: `{"two":2}`},
		file{name: "repositories", content: "{}"},
		file{name: "manifest.json", content: `[
			{"Config":"c1.json","RepoTags":["todo-backend:1"],"Layers":["a1/layer.tar","a2/layer.tar","a3/layer.tar"]},
			{"Config":"c2.json","RepoTags":["postgres:15","postgres:latest"],"Layers":["a4/layer.tar"]}]`})
}

func TestAnArchiveOfAnEarlierEngineBecomesALayoutWithoutWhatIsThere(t *testing.T) {
	t.Parallel()
	files := thin(t, legacy(t), "base", "libraries")
	assert.Equal(t, "app", files["blobs/sha256/"+digest("app")])
	assert.NotContains(t, files, "blobs/sha256/"+digest("base"))
	assert.NotContains(t, files, "blobs/sha256/"+digest("libraries"))
	assert.JSONEq(t, `{"imageLayoutVersion":"1.0.0"}`, files["oci-layout"])

	var index v1.IndexManifest
	require.NoError(t, json.Unmarshal([]byte(files["index.json"]), &index))
	layers := map[string][]string{}
	for _, d := range index.Manifests {
		text := files["blobs/sha256/"+d.Digest.Hex]
		assert.Equal(t, digest(text), d.Digest.Hex)
		assert.EqualValues(t, len(text), d.Size)
		var manifest v1.Manifest
		require.NoError(t, json.Unmarshal([]byte(text), &manifest))
		name := d.Annotations["io.containerd.image.name"]
		layers[name] = append(layers[name], files["blobs/sha256/"+manifest.Config.Digest.Hex])
		for _, l := range manifest.Layers {
			assert.EqualValues(t, "application/vnd.oci.image.layer.v1.tar", l.MediaType)
			layers[name] = append(layers[name], fmt.Sprint(l.Digest.Hex, l.Size))
		}
	}
	layer := func(content string) string { return fmt.Sprint(digest(content), len(content)) }
	assert.Equal(t, map[string][]string{
		"docker.io/library/todo-backend:1":  {`{"one":1}`, layer("base"), layer("libraries"), layer("app")},
		"docker.io/library/postgres:15":     {`{"two":2}`, layer("base")},
		"docker.io/library/postgres:latest": {`{"two":2}`, layer("base")},
	}, layers)
	assert.Len(t, files, 2+2+2+1, "two files of the layout, two manifests, two configurations and a layer")
}

func TestAllGoesToAReaderThatHasNothing(t *testing.T) {
	t.Parallel()
	files := thin(t, legacy(t))
	for _, content := range []string{"base", "libraries", "app", `{"one":1}`, `{"two":2}`} {
		assert.Equal(t, content, files["blobs/sha256/"+digest(content)])
	}
}

func TestALayoutStaysAsItIsButForWhatIsThere(t *testing.T) {
	t.Parallel()
	blob := func(content string) file { return file{name: "blobs/sha256/" + digest(content), content: content} }
	in := pack(t, blob("base"), blob("app"), blob("the manifest"), file{name: "index.json", content: `{"of":"its own"}`},
		file{name: "manifest.json", content: "[]"}, file{name: "oci-layout", content: "{}"})
	assert.Equal(t, map[string]string{"blobs/sha256/" + digest("app"): "app", "blobs/sha256/" + digest("the manifest"): "the manifest",
		"index.json": `{"of":"its own"}`, "manifest.json": "[]", "oci-layout": "{}"}, thin(t, in, "base"))
}

func TestWhatIsNoArchiveOfImagesIsRefused(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]*bytes.Buffer{
		"no archive":      bytes.NewBufferString("an error message"),
		"cut":             bytes.NewBuffer(legacy(t).Bytes()[:1000]),
		"nothing in it":   pack(t),
		"a layer is gone": pack(t, file{name: "manifest.json", content: `[{"Config":"c","Layers":["a1/layer.tar"],"RepoTags":["x:1"]}]`}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.ErrorContains(t, Thin(io.Discard, in, func(string) bool { return false }), "an archive of images: ")
		})
	}
}

func TestFullNames(t *testing.T) {
	t.Parallel()
	for image, want := range map[string]string{
		"todo-backend:1":                "docker.io/library/todo-backend:1",
		"rancher/local-path:1":          "docker.io/rancher/local-path:1",
		"docker.io/library/postgres:15": "docker.io/library/postgres:15",
		"registry.k8s.io/pause:3.10":    "registry.k8s.io/pause:3.10",
		"localhost/x:1":                 "localhost/x:1",
		"registry:5000/x:1":             "registry:5000/x:1",
	} {
		assert.Equal(t, want, FullName(image))
	}
}
