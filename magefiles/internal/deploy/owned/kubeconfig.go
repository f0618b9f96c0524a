package owned

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// Entries are what the kubeconfig files have under one name, as a cluster's context, cluster and user have it.
type Entries struct {
	Name   string
	Server string // where the cluster entry leads; "" without one
	CA     string // the path of its certificate authority; "" for one that is in the file itself
	Inline []byte // the certificate authority that is in the file itself
	Client string // the path of the user entry's certificate
	Kinds  []string
	Leads  bool // the context, where there is one, names the cluster and the user of the same name
}

// file is what is read of a kubeconfig.
type file struct {
	Contexts []struct {
		Name    string
		Context struct{ Cluster, User string }
	}
	Clusters []struct {
		Name    string
		Cluster struct {
			Server string
			CA     string `json:"certificate-authority"`
			Inline []byte `json:"certificate-authority-data"`
		}
	}
	Users []struct {
		Name string
		User struct {
			Certificate string `json:"client-certificate"`
		}
	}
}

// ReadEntries reads the entries of that name, the first of each kind, as kubectl does.
func ReadEntries(files []string, name string) (Entries, error) {
	e := Entries{Name: name, Leads: true}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var f file
		if err == nil {
			err = yaml.Unmarshal(text, &f)
		}
		if err != nil {
			return e, fmt.Errorf("reading the kubeconfig %s: %w; mend it, or name another one with KUBECONFIG", path, err)
		}
		e.add(f)
	}
	return e, nil
}

func (e *Entries) add(f file) {
	for _, c := range f.Contexts {
		if c.Name == e.Name && !slices.Contains(e.Kinds, "context") {
			e.Kinds = append(e.Kinds, "context")
			e.Leads = c.Context.Cluster == e.Name && c.Context.User == e.Name
		}
	}
	for _, c := range f.Clusters {
		if c.Name == e.Name && !slices.Contains(e.Kinds, "cluster") {
			e.Kinds = append(e.Kinds, "cluster")
			e.Server, e.CA, e.Inline = c.Cluster.Server, c.Cluster.CA, c.Cluster.Inline
		}
	}
	for _, u := range f.Users {
		if u.Name == e.Name && !slices.Contains(e.Kinds, "user") {
			e.Kinds = append(e.Kinds, "user")
			e.Client = u.User.Certificate
		}
	}
}

// Has reports whether there is an entry of a kind: "context", "cluster" or "user".
func (e Entries) Has(kind string) bool { return slices.Contains(e.Kinds, kind) }

// Foreign is the error for entries that are not proven; why says what they are.
func (e Entries) Foreign(why string) error {
	var remove []string
	for _, kind := range e.Kinds {
		remove = append(remove, fmt.Sprintf("kubectl config delete-%s %s", kind, e.Name))
	}
	return &Foreign{
		Thing: fmt.Sprintf("the %s %q of the kubeconfig", strings.Join(e.Kinds, ", "), e.Name), Why: why,
		Setting: "TODO_PROFILE or KUBECONFIG", Remove: strings.Join(remove, " && "),
	}
}

// lockTime is how long a program may hold a kubeconfig's lock: they write the file and let go.
const lockTime = 3 * time.Second

// CheckWritable reports what would keep programs from writing the kubeconfig, before anything is made that needs it.
func CheckWritable(files []string) error {
	if len(files) == 0 {
		return errors.New("looking for the kubeconfig: neither HOME nor KUBECONFIG is set; set KUBECONFIG to a file")
	}
	path := written(files)
	if err := checkWritable(path); err != nil {
		return fmt.Errorf(
			"writing the kubeconfig %s (nothing is made yet): %w; make it writable, or name another one with KUBECONFIG",
			path,
			err,
		)
	}
	return waitForLock(path, func(lock string) bool {
		_, err := os.Lstat(lock)
		return err != nil
	})
}

// written is the file that programs write: the first one that exists, or else the last one.
func written(files []string) string {
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && !info.IsDir() {
			return f
		}
	}
	return files[len(files)-1]
}

// waitForLock calls free with the path of a kubeconfig's lock until that reports true.
func waitForLock(path string, free func(lock string) bool) error {
	lock := path + ".lock"
	for end := time.Now().Add(lockTime); !free(lock); time.Sleep(lockTime / 30) {
		if time.Now().After(end) {
			return fmt.Errorf(
				"writing the kubeconfig %s (nothing is made yet): its lock %s is there, left by a program that was killed, "+
					"or held by one that is at work; if no kubectl, kind or minikube runs, remove it: `rm -f %s`",
				path,
				lock,
				lock,
			)
		}
	}
	return nil
}

// checkWritable tries to write at path, and leaves no trace.
func checkWritable(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		err = f.Close()
	} else if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	for {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) || folder == filepath.Dir(folder) {
			break
		}
		folder = filepath.Dir(folder) // whoever writes makes those that are missing
	}
	probe, err := os.CreateTemp(folder, ".todo-app-*") // the lock is a new file
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
