package session

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/runner"
)

func TestAFullDiskOfTheEngineIsNamed(t *testing.T) {
	said := func(text string) error {
		return fmt.Errorf("building: %w", &runner.RunError{Command: runner.Cmd("docker", "build"), Output: text, Inner: errors.New("exit status 1")})
	}
	for name, err := range map[string]error{
		"a build":        said("write /var/lib/docker/x: no space left on device"),
		"a pod":          said("FATAL: could not write lock file: No space left on device"),
		"kind's library": errors.New("failed to create cluster: mkdir /kind/manifests: no space left on device"),
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorIs(t, withCause(err), err)
			assert.ErrorContains(t, withCause(err), "\nThe disk of the Docker Engine is full, or a node's: `docker system df`")
		})
	}
	for name, err := range map[string]error{
		"another failure":   said("no-such-program: not found"),
		"a file of our own": fmt.Errorf("keeping it: %w; choose another folder", &fs.PathError{Op: "write", Path: "/cache/x", Err: syscall.ENOSPC}),
	} {
		t.Run(name, func(t *testing.T) { assert.Same(t, err, withCause(err)) })
	}
}
