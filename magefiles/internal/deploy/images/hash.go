package images

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/tree"
)

// tagLength is how many characters of the hash a tag has.
const tagLength = 12

// ContentHash is the tag of an image that is built from the folder app of the context root: the hash of its Inputs. Two
// clones of the same commit get the same tag.
func ContentHash(root, app string) (string, error) {
	files, err := sources(root, app)
	if err != nil {
		return "", err
	}
	l, err := readInputs(files, app, nil)
	return l.Hash(tagLength), err
}

// readInputs lists what an image is made of: of every file that the build can read the path, the executable bit and the
// content, and what else the build depends on (its base's ID, the platform).
func readInputs(files tree.Tree, app string, also inputs.List) (inputs.List, error) {
	l := inputs.List{}
	maps.Copy(l, also)
	err := l.Add(app+"/", files, func(f tree.File) string { return fmt.Sprint(f.Link(), f.Link() || f.Executable()) })
	if err != nil {
		return nil, fmt.Errorf("hashing the sources of %s: %w", app, err)
	}
	return l, nil
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

// Sources are the files that images are built from, by their folder below root.
func Sources(root string) (map[string]tree.Tree, error) {
	all := map[string]tree.Tree{}
	for _, a := range []app{backend, frontend} {
		files, err := sources(root, a.folder)
		if err != nil {
			return nil, err
		}
		all[a.folder] = files
	}
	return all, nil
}

// errEdited is why the sources in hand are not those that an image is named after.
var errEdited = errors.New("its sources have been edited since this run looked at them; deploy again")

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
