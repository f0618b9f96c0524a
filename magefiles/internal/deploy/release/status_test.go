package release

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestStatusIsThatOfTheNewestRevision(t *testing.T) {
	t.Parallel()
	kept := func(secrets string) runner.Reply { return runner.Reply{Prefix: status, Output: secrets} }
	for name, tt := range map[string]struct {
		reply runner.Reply
		want  int
		says  string
	}{
		"of a release": {in(t, "deployed", 4, "", 0), 4, ""},
		"of many revisions": {kept(testkit.HelmKeeps(t, map[int]string{
			9: `{"version":9}`, 10: `{"version":10}`, 2: `{"version":2}`})), 10, ""},
		"where there is none":      {absent, 0, ""},
		"of a cluster that is off": {runner.Reply{Prefix: status, Fails: "connection refused"}, 0, "connection refused"},
		"that is no JSON":          {kept("NAME: x"), 0, "reading what "},
		"that was cut": {kept(`{"items":[{"metadata":{"labels":{"version":"1"}},"data":{"release":"SDRz"}}]}`), 0,
			"the Secret that helm keeps it in cannot be read: "},
		"that is empty": {kept(testkit.HelmKeeps(t, map[int]string{1: ""})), 0,
			"the Secret that helm keeps it in cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := releaseOf(t, tt.reply)
			got, err := r.Status(t.Context())
			assert.Equal(t, tt.want, got.Revision)
			testkit.ErrorSays(t, err, tt.says)
			if err != nil {
				assert.ErrorContains(t, err, "reading the status of the release todo-app: ")
			}
		})
	}
}
