package images

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"todo-app/magefiles/internal/tree"
)

// tagLength is how many characters of the hash a tag has.
const tagLength = 12

// ContentHash is the tag of an image that is built from the folder app of the context root: a SHA-256 over the path,
// the executable bit and the content of every file that the build can read, in the order of their paths, and over
// extra, what else the build depends on (its bases' IDs, the platform). Two clones of the same commit get the same tag.
func ContentHash(root, app string, extra ...string) (string, error) {
	files, err := sources(root, app)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, e := range extra {
		fmt.Fprintf(sum, "%d:%s\n", len(e), e)
	}
	err = files.Hash(sum, func(f tree.File) string {
		kind := "file"
		if f.Link() {
			kind = "link"
		}
		executable := f.Link() || f.Executable()
		return fmt.Sprintf("%s %s %t %d\n", kind, path.Join(app, f.Name), executable, f.Info.Size())
	})
	if err != nil {
		return "", fmt.Errorf("hashing the sources of %s: %w", app, err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:tagLength], nil
}

// sources are the files of the folder app that a build may read.
func sources(root, app string) (tree.Tree, error) {
	ignored, err := ignoreMatcher(root)
	return tree.Tree{Root: filepath.Join(root, app), Skip: func(name string, folder bool) (bool, error) {
		skip, err := ignored.MatchesOrParentMatches(path.Join(app, name))
		// An exception to a rule may lead into an ignored folder; none of ours leads into node_modules, which is vast.
		enter := folder && ignored.Exclusions() && path.Base(name) != "node_modules"
		return skip && !enter, err
	}}, err
}

// copySources makes a folder of what a build of app may read, with fixed modes.
func copySources(root, app string) (folder string, err error) {
	files, err := sources(root, app)
	if err != nil {
		return "", err
	}
	if folder, err = os.MkdirTemp("", "todo-app-build-"); err != nil {
		return "", fmt.Errorf("making a folder to build in: %w", err)
	}
	if err = files.Copy(filepath.Join(folder, app)); err == nil {
		err = tree.FixModes(folder)
	}
	if err != nil {
		_ = os.RemoveAll(folder)
	}
	return folder, err
}

// ignoreMatcher reads .dockerignore, so that the hash covers what the builder gets and nothing else.
func ignoreMatcher(root string) (*patternmatcher.PatternMatcher, error) {
	f, err := os.Open(filepath.Join(root, ".dockerignore"))
	if err != nil {
		return nil, fmt.Errorf("reading which files images are built from: %w", err)
	}
	defer f.Close()
	var matcher *patternmatcher.PatternMatcher
	patterns, err := ignorefile.ReadAll(f)
	if err == nil {
		matcher, err = patternmatcher.New(patterns)
	}
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
