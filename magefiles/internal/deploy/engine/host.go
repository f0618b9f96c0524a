package engine

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// host is what matters of a machine; tests make their own.
type host struct {
	goos       string
	root       bool
	path       []string // folders of PATH
	link       string   // bin/docker in the cache, which goes before PATH
	dockerHost string   // DOCKER_HOST
	files      fs.FS    // the file system from / on
	pause      time.Duration
}

func thisHost(link string) *host {
	return &host{
		goos: runtime.GOOS, root: os.Geteuid() == 0, path: filepath.SplitList(os.Getenv("PATH")), link: link,
		dockerHost: os.Getenv("DOCKER_HOST"), files: os.DirFS("/"), pause: 500 * time.Millisecond,
	}
}

// clients are the docker programs on PATH, the one that the cache links to first.
func (h *host) clients() []string {
	var found []string
	seen := map[string]bool{}
	for _, p := range append([]string{h.link}, h.all("docker")...) {
		real, err := filepath.EvalSymlinks(p)
		if err == nil && !seen[real] {
			seen[real] = true
			found = append(found, p)
		}
	}
	return found
}

// all are the programs called name on PATH.
func (h *host) all(name string) []string {
	if h.goos == "windows" {
		name += ".exe"
	}
	var found []string
	for _, dir := range h.path {
		p := filepath.Join(dir, name)
		if info, err := os.Stat(p); err == nil && !info.IsDir() && (h.goos == "windows" || info.Mode()&0o111 != 0) {
			found = append(found, p)
		}
	}
	return found
}

func (h *host) has(name string) bool { return len(h.all(name)) > 0 }

func (h *host) exists(path string) bool {
	_, err := fs.Stat(h.files, strings.TrimPrefix(path, "/"))
	return err == nil
}

func (h *host) read(path string) string {
	text, _ := fs.ReadFile(h.files, strings.TrimPrefix(path, "/"))
	return string(text)
}

// systemd tells whether systemd is the machine's init system, running.
func (h *host) systemd() bool { return h.exists("/run/systemd/system") && h.has("systemctl") }

// wsl tells whether this is a Linux inside Windows.
func (h *host) wsl() bool {
	return strings.Contains(strings.ToLower(h.read("/proc/sys/kernel/osrelease")), "microsoft")
}

// capSysResource is the number of CAP_SYS_RESOURCE, without which negative OOM scores and higher limits are refused.
const capSysResource = 24

var boundingSet = regexp.MustCompile(`(?m)^CapBnd:\s*([0-9a-f]+)$`)

// limited tells whether even root lacks CAP_SYS_RESOURCE here, as in sandboxes and nested CI.
func (h *host) limited() bool {
	found := boundingSet.FindStringSubmatch(h.read("/proc/self/status"))
	if found == nil {
		return false
	}
	set, err := strconv.ParseUint(found[1], 16, 64)
	return err == nil && set&(1<<capSysResource) == 0
}
