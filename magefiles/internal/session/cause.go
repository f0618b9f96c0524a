package session

import (
	"errors"
	"fmt"
	"regexp"
	"syscall"
)

// full is what programs say that have no room for what they write.
var full = regexp.MustCompile(`(?i)no space left on device|ENOSPC`)

// withCause is err, with what to do where the engine or a node in it had no room, whichever step met that. Where it
// was a file that this program writes, its folder is named already.
func withCause(err error) error {
	if errors.Is(err, syscall.ENOSPC) || !full.MatchString(err.Error()) {
		return err
	}
	return fmt.Errorf("%w\nThe disk of the Docker Engine is full, or a node's: `docker system df` says what takes the room. "+
		"`docker builder prune` frees what builds keep, which the next ones make again", err)
}
