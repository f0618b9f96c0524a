// Package ports gives out ports of this machine, each to one process at a time. A port that is found by opening a
// listener and closing it again may be another program's by the time that it is used.
package ports

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/gofrs/flock"
)

// The ports that are given out. Systems choose higher ones by themselves, for clients and for whoever asks for port 0:
// Linux from 32768 on, others from 49152 on. backend/tests/support.py gives out the same ones, by the same locks.
const (
	first = 20000
	last  = 29999
)

// held are the locks of this process's ports, until it ends.
var held struct {
	sync.Mutex
	locks []*flock.Flock
}

// Hold returns the first of the wanted ports that is free, or else another free one. Until this process ends no other
// call returns it, in any process on this machine, whether something listens there or not.
func Hold(wanted ...int) (int, error) {
	folder := filepath.Join(os.TempDir(), "todo-app-ports")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return 0, fmt.Errorf("making the folder of the locks of ports: %w", err)
	}
	_ = os.Chmod(folder, 0o777|os.ModeSticky) // other users' as well; only its owner may do this
	for _, port := range wanted {
		if take(folder, port) {
			return port, nil
		}
	}
	for port := first; port <= last; port++ {
		if take(folder, port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("looking for a free port: every one from %d to %d is taken, or its lock in %s cannot be had", first, last, folder)
}

// take reports whether the port is this process's from now on. One whose lock cannot be had is another's.
func take(folder string, port int) bool {
	lock := flock.New(filepath.Join(folder, strconv.Itoa(port)), flock.SetPermissions(0o666))
	if ok, err := lock.TryLock(); err != nil || !ok {
		return false
	}
	if !free(port) {
		_ = lock.Unlock()
		return false
	}
	held.Lock()
	defer held.Unlock()
	held.locks = append(held.locks, lock)
	return true
}

// free reports whether a port can be taken, and whether no server holds it at an address that "localhost" may mean.
func free(port int) bool {
	for _, address := range []string{"127.0.0.1", "::1", ""} {
		l, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(port)))
		switch {
		case err == nil:
			_ = l.Close()
		case address != "::1": // a machine without IPv6 has no such address
			return false
		default:
			if c, err := net.Dial("tcp", net.JoinHostPort(address, strconv.Itoa(port))); err == nil {
				_ = c.Close()
				return false
			}
		}
	}
	return true
}
