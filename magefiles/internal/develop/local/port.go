package local

import (
	"fmt"
	"net"
	"strconv"
)

// Port returns preferred where it is not 0 and nothing listens at it, else a free one.
func Port(preferred int) (int, error) {
	if preferred != 0 && free(preferred) {
		return preferred, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// free tells whether a port can be taken, and whether no server holds it at an address that "localhost" may mean.
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
