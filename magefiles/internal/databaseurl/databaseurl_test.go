package databaseurl

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// table is what the backend's tests read, too: backend/tests/test_database_url.py.
type table struct {
	Options []string
	Cases   []struct {
		Case, URL   string
		Refused     string
		Unreachable string
		Reads       URL
	}
}

func read(t *testing.T) (cases table) {
	t.Helper()
	text, err := os.ReadFile("../../../backend/tests/database_urls.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &cases))
	require.NotEmpty(t, cases.Cases)
	return cases
}

func TestURLsAreReadAsTheBackendReadsThem(t *testing.T) {
	t.Parallel()
	for _, tt := range read(t).Cases {
		t.Run(tt.Case, func(t *testing.T) {
			t.Parallel()
			u, err := Parse(tt.URL)
			if tt.Refused != "" {
				require.EqualError(t, err, tt.Refused)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.Reads, u)
			assert.Equal(t, tt.Unreachable, u.Unreachable())
		})
	}
}

func TestOptionsAreThoseOfTheBackendsDriver(t *testing.T) {
	t.Parallel()
	assert.Equal(t, read(t).Options, slices.Sorted(slices.Values(options)))
}
