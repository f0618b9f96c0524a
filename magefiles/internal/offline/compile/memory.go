package compile

import (
	"fmt"
	"regexp"
	"strconv"

	"todo-app/magefiles/internal/machine"
)

// Bytes that each process of the compiler may use: with less than the first, collecting no garbage would cost more than
// it saves, and few packages take more than the second.
const (
	leastMemory = 1 << 30
	mostMemory  = 2 << 30
)

var available = regexp.MustCompile(`(?m)^MemAvailable:\s*(\d+) kB$`)

// spend returns the variables with which the compiler collects garbage only where memory is scarce: it takes a quarter
// less time so. cpus of its processes share half of what is free; where that is too little or unknown, all stays as it
// is. See https://go.dev/doc/gc-guide#Memory_limit.
func spend(m machine.Machine, cpus int) []string {
	found := available.FindStringSubmatch(m.Read("/proc/meminfo"))
	if found == nil {
		return nil
	}
	free, _ := strconv.ParseInt(found[1], 10, 64)
	each := min(free<<10/2/int64(cpus), mostMemory)
	if each < leastMemory {
		return nil
	}
	return []string{"GOGC=off", fmt.Sprintf("GOMEMLIMIT=%d", each)}
}
