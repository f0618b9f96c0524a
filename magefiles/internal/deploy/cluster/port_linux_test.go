package cluster

import (
	"errors"
	"io/fs"
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPortThatOnlyRootMayTakeIsLeftToTheEngine(t *testing.T) {
	t.Parallel()
	for port := 80; port < 1024; port++ {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		l, err := net.Listen("tcp", address)
		if err == nil {
			_ = l.Close()
			t.Skip("this user may take every port")
		}
		if errors.Is(err, fs.ErrPermission) {
			conn, err := net.Dial("tcp", address)
			if err != nil { // nothing answers there
				assert.NoError(t, CheckPort(port))
				return
			}
			_ = conn.Close()
			assert.ErrorContains(t, CheckPort(port), "another program answers there")
		}
	}
}
