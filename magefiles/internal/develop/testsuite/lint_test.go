package testsuite

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestTheFrontendsLinterAndTestsBothTellWhatIsWrong(t *testing.T) {
	t.Parallel()
	fake := &runner.Fake{Replies: []runner.Reply{
		{Prefix: "sh ", Fails: "a type is wrong"},
		{Prefix: "npm test", Fails: "a test fails"},
	}}
	suite, _ := project(t, fake)
	_, err := frontend(t.Context(), suite)
	require.ErrorContains(t, err, "a type is wrong")
	require.ErrorContains(t, err, "a test fails")
	assert.NotContains(t, fake.Lines(), "npm run build")
}
