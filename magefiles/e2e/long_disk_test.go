//go:build long && linux

package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/offline/dockerd"
	"todo-app/magefiles/internal/wait"
)

// TestAFullDiskOfTheEngineIsNamedAndCostsNoTodo fills the disk of an engine of its own: before a first deploy, and under
// an app that runs.
func TestAFullDiskOfTheEngineIsNamedAndCostsNoTodo(t *testing.T) {
	destroyShared()
	disk := newDisk(t)
	host := disk.engine(t)
	d := newDeployment(t, kind)
	d.root = copyOfSources(t, d.root)
	d.env = append(d.env, "DOCKER_HOST="+host)
	named := func(t *testing.T, out string) {
		t.Helper()
		assert.Contains(t, out, "The disk of the Docker Engine is full, or a node's: `docker system df` says what takes the room.")
	}
	for _, room := range []int64{50, 1000, 2500, 300} {
		t.Run(fmt.Sprintf("a first deploy with %d MB", room), func(t *testing.T) {
			disk.fill(t, room)
			named(t, d.fails(t, "deploy", key))
		})
	}
	disk.empty(t)
	assert.Contains(t, d.must(t, "deploy", key), "✓ verify")
	v := d.visitor(t)
	v.add(t, "survive a full disk")
	before := v.version(t)

	t.Run("an upgrade, which leaves what runs", func(t *testing.T) {
		d.save(t, "backend/app/main.py", more("# another line"))
		disk.fill(t, 1)
		named(t, d.fails(t, "deploy", key))
		v.sees(t, "survive a full disk")
		assert.Equal(t, before, v.version(t))
	})
	t.Run("the database, which comes back by itself", func(t *testing.T) {
		other := d.visitor(t) // whose many todos are on no page of the first one's
		wait.Until(t, "the database to be out of room", func() bool {
			status, answer, err := other.request("POST", "/api/todos", `{"title": "fill", "description": "`+strings.Repeat("a word ", 140)+`"}`)
			if status != http.StatusCreated {
				t.Log(status, answer, err)
			}
			return err != nil || status >= http.StatusInternalServerError
		}, disk.String)
		disk.empty(t)
		v.sees(t, "survive a full disk")
		v.add(t, "find room again")
	})
	assert.Contains(t, d.must(t, "deploy", key), "✓ verify")
	assert.NotEqual(t, before, v.version(t))
	v.sees(t, "find room again")
}

// disk is a file system of a file's.
type disk struct{ folder string }

// newDisk is one of 8 GB, which takes no more of the machine's than is written to it.
func newDisk(t *testing.T) disk {
	t.Helper()
	folder := t.TempDir()
	d, image := disk{filepath.Join(folder, "disk")}, filepath.Join(folder, "image")
	require.NoError(t, os.Mkdir(d.folder, 0o755))
	run(t, "mkfs.ext4", "-q", "-m", "0", image, "8G")
	mounted(t, d.folder, "-o", "loop", image)
	return d
}

func (d disk) ballast() string { return filepath.Join(d.folder, "ballast") }

// fill leaves so many MB.
func (d disk) fill(t *testing.T, left int64) {
	t.Helper()
	d.empty(t)
	var stat syscall.Statfs_t
	require.NoError(t, syscall.Statfs(d.folder, &stat))
	ballast, err := os.Create(d.ballast())
	require.NoError(t, err)
	defer ballast.Close()
	require.NoError(t, syscall.Fallocate(int(ballast.Fd()), 0, 0, int64(stat.Bavail)*stat.Bsize-left<<20))
}

// empty removes what fill wrote.
func (d disk) empty(t *testing.T) {
	t.Helper()
	require.NoError(t, os.RemoveAll(d.ballast()))
}

func (d disk) String() string {
	out, err := exec.Command("df", d.folder).CombinedOutput()
	return fmt.Sprintln(string(out), err)
}

// engine is a Docker Engine that keeps everything on the disk, beside the machine's own, whose networks and rules it
// leaves alone.
func (d disk) engine(t *testing.T) (host string) {
	t.Helper()
	const bridge = "todo-e2e-disk"
	folder, err := os.MkdirTemp("", "engine") // a socket's path must be short
	require.NoError(t, err)
	runtime := filepath.Join(folder, "runc-limited")
	require.NoError(t, os.WriteFile(runtime, dockerd.LimitedRuntime, 0o755))
	_ = exec.Command("ip", "link", "delete", bridge).Run() // an interrupted run's
	run(t, "ip", "link", "add", "name", bridge, "type", "bridge")
	run(t, "ip", "address", "add", "10.212.0.1/24", "dev", bridge)
	run(t, "ip", "link", "set", bridge, "up")
	for _, rule := range []string{"FORWARD -s 10.212.0.0/15 -j ACCEPT", "FORWARD -d 10.212.0.0/15 -j ACCEPT",
		"POSTROUTING -t nat -s 10.212.0.0/15 ! -d 10.212.0.0/15 -j MASQUERADE"} {
		run(t, "iptables", strings.Fields("-I "+rule)...)
		t.Cleanup(func() { run(t, "iptables", strings.Fields("-D "+rule)...) })
	}

	host = "unix://" + filepath.Join(folder, "docker.sock")
	cmd := exec.Command("dockerd", "--host", host, "--pidfile", filepath.Join(folder, "pid"),
		"--data-root", filepath.Join(d.folder, "docker"), "--exec-root", filepath.Join(folder, "run"),
		"--bridge", bridge, "--iptables=false", "--default-address-pool", "base=10.213.0.0/16,size=24",
		"--add-runtime", "limited="+runtime, "--default-runtime", "limited")
	said := &written{}
	cmd.Stdout, cmd.Stderr = said, said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		_ = cmd.Wait()
		run(t, "ip", "link", "delete", bridge)
		assert.NoError(t, os.RemoveAll(folder))
	})
	wait.Until(t, "the engine to answer", func() bool {
		return exec.Command("docker", "--host", host, "version").Run() == nil
	}, said.String)
	return host
}

// run runs a program that must succeed.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s: %s", name, bytes.TrimSpace(out))
}
