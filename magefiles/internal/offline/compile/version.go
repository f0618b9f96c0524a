package compile

import (
	"fmt"
	"regexp"

	"github.com/Masterminds/semver/v3"
)

// versionText is a version as tools print it among other things: v4.3.1, v1.32.4-dispatcher, v1.35.1+k3s1.
var versionText = regexp.MustCompile(`\bv\d+\.\d+\.\d+[-+.0-9A-Za-z]*`)

// parseVersion finds the first version in what a tool prints.
func parseVersion(printed string) (*semver.Version, error) {
	text := versionText.FindString(printed)
	if text == "" {
		return nil, fmt.Errorf("there is no version in %q", printed)
	}
	return semver.NewVersion(text)
}
