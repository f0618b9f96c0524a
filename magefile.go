//go:build !mage

// Command todo-app runs the project's Mage targets with nothing installed but Go:
//
//	go run . deploy
//	go run . -l
//
// The targets themselves are in magefiles/; `go tool mage TARGET` and an installed `mage TARGET` run the same ones.
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"
	"github.com/magefile/mage/mage"
)

func main() {
	targets, err := compile()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
	if err := os.Setenv("TODO_CALLED_AS", "go run ."); err != nil { // for the commands that messages name
		log.Fatalln("Error:", err)
	}
	here := mage.Invocation{Dir: ".", WorkDir: ".", Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(mage.RunCompiled(here, targets, log.New(os.Stderr, "", 0)))
}

// compile makes a program of the targets, or finds it made. While mage compiles, a file that it generates stands beside
// their sources; of two runs at once one would take it from the other, so one waits.
func compile() (program string, err error) {
	root, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the targets: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil { // no home directory
		cache = os.TempDir()
	}
	folder := filepath.Join(cache, "todo-app", "targets", fmt.Sprintf("%x", sha256.Sum256([]byte(root)))[:12])
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("making a folder for the compiled targets: %w", err)
	}
	lock := flock.New(filepath.Join(folder, "lock"))
	if err := lock.Lock(); err != nil {
		return "", fmt.Errorf("waiting for another run to compile the targets: %w", err)
	}
	defer func() { _ = lock.Unlock() }()
	// Without the clone's path in what is compiled, one clone's packages are every clone's.
	if err := os.Setenv("GOFLAGS", os.Getenv("GOFLAGS")+" -trimpath"); err != nil {
		return "", fmt.Errorf("setting GOFLAGS: %w", err)
	}
	program = filepath.Join(folder, "mage")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	seal := program + ".sha256"
	if known, err := os.ReadFile(seal); err != nil || string(known) != digest(program) {
		if err == nil {
			fmt.Fprintln(os.Stderr, "the compiled targets are broken: they are compiled anew")
		}
		_ = os.Remove(program) // the Go compiler would take it for whole: it looks at its beginning only
	}
	if err := os.Setenv("GOWORK", "off"); err != nil { // a go.work above the clone is not meant for it
		return "", fmt.Errorf("setting GOWORK: %w", err)
	}
	if err := writable("magefiles"); err != nil {
		return "", fmt.Errorf("compiling the targets, for which mage writes a file into magefiles for a moment: %w; "+
			"copy the checkout to a folder that you may write to, and run it there", err)
	}
	if code := mage.ParseAndRun(os.Stdout, os.Stderr, os.Stdin, []string{"-compile", program}); code != 0 {
		return "", fmt.Errorf("compiling the targets in magefiles: the Go compiler's message is above")
	}
	if err := os.WriteFile(seal, []byte(digest(program)), 0o644); err != nil {
		return "", fmt.Errorf("noting what the compiled targets are: %w", err)
	}
	return program, nil
}

// writable tries to write a file into folder.
func writable(folder string) error {
	file, err := os.CreateTemp(folder, ".writable-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// digest stands for what a file holds; "" is that of one that cannot be read.
func digest(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}
