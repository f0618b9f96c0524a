package owned

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"todo-app/magefiles/internal/tree"
)

// Marker is a file that remembers what a deployment has made, or began to make, by an identity that the thing bears
// from its first moment and that nothing of the same name has by chance.
type Marker struct {
	Path string
	What string // kind cluster "x"
}

// Read reads the marker into v; found is false where there is none. One that cannot be read is an error.
func (m Marker) Read(v any) (found bool, err error) {
	text, err := os.ReadFile(m.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return false, fmt.Errorf("reading what is known of the %s: %w; remove the file %s if it is broken: "+
			"a cluster that is complete is recognised without it", m.What, err, m.Path)
	}
	return true, nil
}

// Write replaces the marker at once: no reader sees half of it.
func (m Marker) Write(v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		err = tree.WriteFile(m.Path, text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("noting what is made for the %s: %w; choose another folder with TODO_CACHE", m.What, err)
	}
	return nil
}

// Remove removes the marker, and does nothing where there is none.
func (m Marker) Remove() error {
	if err := os.RemoveAll(m.Path); err != nil {
		return fmt.Errorf("forgetting the %s: %w", m.What, err)
	}
	return nil
}
