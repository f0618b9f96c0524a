package images

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// tagLength is how many characters of the hash a tag has.
const tagLength = 12

// contentHash is the tag of an image that is built from the folder app of the context root: a SHA-256 over the path, the
// executable bit and the content of every file that the build can read, in the order of their paths, and over extra,
// what else the build depends on (its bases' IDs, the platform). Two clones of the same commit get the same tag.
func contentHash(root, app string, extra ...string) (string, error) {
	ignored, err := ignoreMatcher(root)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, e := range extra {
		fmt.Fprintf(sum, "%d:%s\n", len(e), e)
	}
	err = filepath.WalkDir(filepath.Join(root, app), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		skip, err := ignored.MatchesOrParentMatches(filepath.ToSlash(name))
		switch {
		case err != nil:
			return err
		case skip && entry.IsDir() && !ignored.Exclusions():
			return filepath.SkipDir
		case skip && entry.IsDir() && entry.Name() == "node_modules": // no exception of ours leads into it, and it is vast
			return filepath.SkipDir
		case skip || entry.IsDir():
			return nil
		}
		return hashFile(sum, path, filepath.ToSlash(name), entry)
	})
	if err != nil {
		return "", fmt.Errorf("hashing the sources of %s: %w", app, err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:tagLength], nil
}

// SourceHash changes with every file that a build of the folder app of the repository can read.
func SourceHash(root, app string) (string, error) { return contentHash(root, app) }

func hashFile(sum io.Writer, path, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		fmt.Fprintf(sum, "link %s %s\n", name, target)
		return err
	}
	fmt.Fprintf(sum, "file %s %t %d\n", name, info.Mode()&0o111 != 0, info.Size())
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(sum, f)
	return err
}

// ignoreMatcher reads .dockerignore, so that the hash covers what the builder gets and nothing else.
func ignoreMatcher(root string) (*patternmatcher.PatternMatcher, error) {
	f, err := os.Open(filepath.Join(root, ".dockerignore"))
	if err != nil {
		return nil, fmt.Errorf("reading which files images are built from: %w", err)
	}
	defer f.Close()
	patterns, err := ignorefile.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
	}
	return matcher, nil
}

// short is the part of an image's name that users read: backend 3f2a….
func short(ref string) string {
	name := strings.TrimPrefix(path.Base(ref), "todo-")
	return strings.Replace(name, ":", " ", 1)
}
