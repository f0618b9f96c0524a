package recipes

import (
	"os"
	"os/exec"
	"runtime"
)

// host is what matters of the machine for building images from packages; tests make their own.
type host struct {
	goos, arch string
	root       bool
	look       func(string) (string, error)
	trusted    string // its list of trusted authorities: networks that inspect TLS add their own to it
}

func thisHost() host {
	return host{goos: runtime.GOOS, arch: runtime.GOARCH, root: os.Geteuid() == 0, look: exec.LookPath, trusted: certificates}
}

// certificates is where Debian keeps the list of trusted authorities.
const certificates = "/etc/ssl/certs/ca-certificates.crt"

// buildable tells whether images can be built from packages here: by root, who may make a Debian, where apt knows a mirror.
func (h host) buildable() bool { return h.goos == "linux" && h.root && h.has("apt-get") }

func (h host) has(program string) bool {
	_, err := h.look(program)
	return err == nil
}
