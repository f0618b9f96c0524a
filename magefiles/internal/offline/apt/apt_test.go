package apt

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	update  = "apt-get update -qq"
	install = "apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 jq"
	finish  = "dpkg --configure -a"
	killed  = "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem."
)

func TestAnInstallation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replies []runner.Reply
		calls   []string
		fails   string
	}{
		"asks nothing": {nil, []string{update, install}, ""},
		"finishes one that was killed": {[]runner.Reply{{Prefix: install, Fails: killed, Times: 1}},
			[]string{update, install, finish, install}, ""},
		"ends where that one cannot be finished": {
			[]runner.Reply{{Prefix: install, Fails: killed}, {Prefix: finish, Fails: "no space left on device"}},
			[]string{update, install, finish}, "no space left"},
		"is not tried again for any other reason": {
			[]runner.Reply{{Prefix: install, Fails: "E: Unable to locate package jq"}}, []string{update, install},
			"Unable to locate"},
		"needs the lists": {
			[]runner.Reply{{Prefix: update, Fails: "E: Temporary failure resolving"}}, []string{update},
			"Temporary failure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := runner.NewFake(t, c.replies...).Allow(c.calls...)
			err := Install(t.Context(), fake, "jq")
			assert.Equal(t, c.calls, fake.Lines())
			testkit.ErrorSays(t, err, c.fails)
			for _, call := range fake.Calls() {
				assert.Contains(t, call.Env, "DEBIAN_FRONTEND=noninteractive")
			}
		})
	}
}
