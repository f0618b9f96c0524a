// Package archive takes from what `docker save` writes the layers that its reader has.
package archive

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Thin copies an archive of images from r to w, without the blobs of which has reports that the reader's content store has
// them: containerd imports an OCI layout that lacks those. Engines since Docker 25 write such a layout, whose files are
// named after their digests. Earlier ones, and Podman, name layers after something else: what they write becomes a
// layout here. To know a layer's digest takes the whole of it, so each is in a temporary file for a moment.
func Thin(w io.Writer, r io.Reader, has func(digest string) bool) error {
	spool, err := os.CreateTemp("", "todo-app-layer-")
	if err != nil {
		return fmt.Errorf("keeping a layer: %w", err)
	}
	defer os.Remove(spool.Name())
	defer spool.Close()
	t := thinner{out: tar.NewWriter(w), has: has, spool: spool,
		layers: map[string]v1.Descriptor{}, links: map[string]string{}, texts: map[string][]byte{}}
	for in := tar.NewReader(r); ; {
		entry, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = t.take(entry, in)
		}
		if err != nil {
			return fmt.Errorf("reading an archive of images: %w", err)
		}
	}
	if err := t.finish(); err != nil {
		return fmt.Errorf("writing an archive of images: %w", err)
	}
	return nil
}

type thinner struct {
	out    *tar.Writer
	has    func(digest string) bool
	spool  *os.File
	layers map[string]v1.Descriptor // by their files' names
	links  map[string]string        // names of layers that are files of other names
	texts  map[string][]byte        // what is neither a layer nor a blob, by name: all of it is JSON
}

const (
	blobs      = "blobs/sha256/"
	index      = "index.json"
	mostOfText = 16 << 20 // bytes; a configuration of an image has some thousand
)

func (t *thinner) take(entry *tar.Header, content io.Reader) error {
	name := path.Clean(entry.Name)
	hex, blob := strings.CutPrefix(name, blobs)
	switch {
	case entry.Typeflag == tar.TypeSymlink:
		t.links[name] = path.Join(path.Dir(name), entry.Linkname)
		return nil
	case entry.Typeflag != tar.TypeReg || blob && t.has("sha256:"+hex):
		return nil
	case blob:
		return t.write(name, entry.Size, content)
	case path.Ext(name) == ".tar":
		return t.layer(name, content)
	}
	text, err := io.ReadAll(io.LimitReader(content, mostOfText))
	t.texts[name] = text
	return err
}

// layer writes one that is not named after its digest.
func (t *thinner) layer(name string, content io.Reader) error {
	if err := errors.Join(t.spool.Truncate(0), rewind(t.spool)); err != nil {
		return err
	}
	digest, size, err := v1.SHA256(io.TeeReader(content, t.spool))
	if err != nil {
		return err
	}
	t.layers[name] = v1.Descriptor{MediaType: types.OCIUncompressedLayer, Size: size, Digest: digest}
	if t.has(digest.String()) {
		return nil
	}
	return errors.Join(rewind(t.spool), t.write(blobs+digest.Hex, size, t.spool))
}

func rewind(file *os.File) error {
	_, err := file.Seek(0, io.SeekStart)
	return err
}

func (t *thinner) write(name string, size int64, content io.Reader) error {
	if err := t.out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644}); err != nil {
		return err
	}
	_, err := io.Copy(t.out, content)
	return err
}

// finish writes what the layout has beside its blobs.
func (t *thinner) finish() error {
	if t.texts[index] == nil {
		if err := t.describe(); err != nil {
			return err
		}
	}
	for name, text := range t.texts {
		if err := t.write(name, int64(len(text)), bytes.NewReader(text)); err != nil {
			return err
		}
	}
	return t.out.Close()
}

// describe writes the manifests of an archive that is no layout, and leaves the layout's own files as the only texts.
func (t *thinner) describe() error {
	var images []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := json.Unmarshal(t.texts["manifest.json"], &images); err != nil {
		return fmt.Errorf("its manifest.json: %w", err)
	}
	all := v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex}
	for _, image := range images {
		manifest := v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1}
		var err error
		if manifest.Config, err = t.blob(types.OCIConfigJSON, t.texts[image.Config]); err != nil {
			return err
		}
		for _, name := range image.Layers {
			if to := t.links[name]; to != "" {
				name = to
			}
			layer, known := t.layers[name]
			if !known {
				return fmt.Errorf("the archive lacks %s, a layer of %s", name, strings.Join(image.RepoTags, ", "))
			}
			manifest.Layers = append(manifest.Layers, layer)
		}
		text, err := json.Marshal(manifest)
		if err != nil {
			return err
		}
		described, err := t.blob(types.OCIManifestSchema1, text)
		if err != nil {
			return err
		}
		for _, tag := range image.RepoTags {
			described.Annotations = map[string]string{"io.containerd.image.name": FullName(tag)}
			all.Manifests = append(all.Manifests, described)
		}
	}
	text, err := json.Marshal(all)
	t.texts = map[string][]byte{index: text, "oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	return err
}

// blob writes one and describes it.
func (t *thinner) blob(kind types.MediaType, text []byte) (v1.Descriptor, error) {
	digest, size, err := v1.SHA256(bytes.NewReader(text))
	if err != nil {
		return v1.Descriptor{}, err
	}
	return v1.Descriptor{MediaType: kind, Size: size, Digest: digest}, t.write(blobs+digest.Hex, size, bytes.NewReader(text))
}

// FullName is the name that containerd knows an image by.
func FullName(image string) string {
	registry, rest, found := strings.Cut(image, "/")
	switch {
	case !found:
		return "docker.io/library/" + image
	case strings.ContainsAny(registry, ".:") || registry == "localhost":
		return image
	default:
		return "docker.io/" + registry + "/" + rest
	}
}
