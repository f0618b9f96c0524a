package owned

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/yaml"
)

// WriteEntries puts the entries of text, the kubeconfig of one cluster, into the user's, in the place of those of the
// same names. All else stays. Programs that write such entries choose another current context, which would have to be
// put back: a run that is killed before that would have taken the user's choice away.
func WriteEntries(files []string, text string) (err error) {
	if err := CheckWritable(files); err != nil {
		return err
	}
	path := written(files)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("making the folder of the kubeconfig: %w", err)
	}
	if err := waitForLock(path, takeLock); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(path+".lock")) }()
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	after, err := withEntries(before, []byte(text))
	if err == nil {
		err = os.WriteFile(path, after, 0o600) // in place, as kubectl does: its owner and mode stay
	}
	if err != nil {
		return fmt.Errorf("writing the kubeconfig %s: %w", path, err)
	}
	return nil
}

// takeLock makes the lock the way that kubectl does.
func takeLock(lock string) bool {
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL, 0)
	if err == nil {
		_ = f.Close()
	}
	return err == nil
}

// withEntries is a kubeconfig with those of another one.
func withEntries(kubeconfig, with []byte) ([]byte, error) {
	var all, more map[string]any
	if err := errors.Join(yaml.Unmarshal(kubeconfig, &all), yaml.Unmarshal(with, &more)); err != nil {
		return nil, err
	}
	if all == nil {
		all = map[string]any{"apiVersion": "v1", "kind": "Config"}
	}
	for _, kind := range []string{"clusters", "contexts", "users"} {
		entries, _ := all[kind].([]any)
		news, _ := more[kind].([]any)
		entries = slices.DeleteFunc(entries, func(old any) bool {
			return slices.ContainsFunc(news, func(one any) bool { return nameOf(one) == nameOf(old) })
		})
		all[kind] = append(entries, news...)
	}
	return yaml.Marshal(all)
}

func nameOf(entry any) any {
	fields, _ := entry.(map[string]any)
	return fields["name"]
}
