package lines

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLinesAreToldOnceTheyAreComplete(t *testing.T) {
	t.Parallel()
	var told []string
	w := To(func(line string) { told = append(told, line) })
	for _, written := range []string{"one\ntw", "o\r\n", "\nthr"} {
		n, err := io.WriteString(w, written)
		require.NoError(t, err)
		assert.Equal(t, len(written), n)
	}
	assert.Equal(t, []string{"one", "two", ""}, told)
	_, err := io.WriteString(w, "ee\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"one", "two", "", "three"}, told)
}
