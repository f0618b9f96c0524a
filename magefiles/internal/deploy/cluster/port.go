package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"time"
)

// CheckPort reports a port that is taken, and says who has to move, before anything is created. A port that only root
// may take is the engine's to take: it counts as free unless something answers there.
func CheckPort(port int) error {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	l, err := net.Listen("tcp", address)
	if errors.Is(err, fs.ErrPermission) {
		conn, unanswered := net.DialTimeout("tcp", address, time.Second)
		if unanswered != nil {
			return nil
		}
		_ = conn.Close()
		err = fmt.Errorf("listening: %w", errors.New("another program answers there"))
	}
	if err != nil {
		return fmt.Errorf("port %d of 127.0.0.1 cannot be taken (%w); stop the program that has it (`ss -ltnp` names it), or choose another port with TODO_HTTP_PORT=8080",
			port, errors.Unwrap(err))
	}
	return l.Close()
}
