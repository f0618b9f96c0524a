// Package inputs remembers what images and revisions were made of: the hash of each input, under the name of what was
// made. So it can be said what has changed since.
package inputs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"todo-app/magefiles/internal/tree"
)

// List is what something is made of: by its name, what each input is, such as the hash of a file. No value is a secret.
type List map[string]string

// Hash stands for all of the list, in n characters.
func (l List) Hash(n int) string {
	text, _ := json.Marshal(l) // sorted by name; a map of texts can always be written
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:n]
}

// Add adds the files of a folder under their names, which begin with prefix. head is what of a file counts besides its
// content.
func (l List) Add(prefix string, files tree.Tree, head func(tree.File) string) error {
	return files.Walk(func(f tree.File) error {
		sum := sha256.New()
		_, _ = fmt.Fprintln(sum, head(f))
		err := f.Content(sum)
		if err == nil {
			l[prefix+f.Name] = hex.EncodeToString(sum.Sum(nil))
		} else if errors.Is(err, fs.ErrNotExist) { // it went meanwhile
			err = nil
		}
		return err
	})
}

// Since says what of the list is not as it was before: `backend/app/main.py changed`, in the order of the names.
func (l List) Since(before List) []string {
	all := List{}
	maps.Copy(all, before)
	maps.Copy(all, l)
	var differences []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		was, there := before[name]
		is, here := l[name]
		switch {
		case !there:
			differences = append(differences, name+" added")
		case !here:
			differences = append(differences, name+" gone")
		case was != is:
			differences = append(differences, name+" changed")
		}
	}
	return differences
}

// Store keeps lists in a folder; its zero value keeps none.
type Store struct{ Folder string }

// kept is how many lists are kept: those of the last images and revisions.
const kept = 100

func (s Store) path(name string) string { return filepath.Join(s.Folder, name+".json") }

// Keep keeps the list of what is called name.
func (s Store) Keep(name string, l List) error {
	if s.Folder == "" {
		return nil
	}
	text, err := json.MarshalIndent(l, "", " ")
	if err == nil {
		err = tree.WriteFile(s.path(name), text, 0o644)
	}
	if err == nil {
		err = tree.KeepNewest(s.path("*"), kept)
	}
	if err != nil {
		return fmt.Errorf("remembering what %s is made of: %w; choose another folder with TODO_CACHE", name, err)
	}
	return nil
}

// Read returns the list that was kept of what is called name; nil where there is none that can be read.
func (s Store) Read(name string) List {
	var l List
	text, err := os.ReadFile(s.path(name))
	if err != nil || json.Unmarshal(text, &l) != nil {
		return nil
	}
	return l
}
