package images

import (
	"fmt"
	"os"
	"regexp"

	"todo-app/magefiles/internal/runner"
)

// silent is what programs say of a registry of packages that they do not reach, which is not the Dockerfile's fault.
var silent = regexp.MustCompile(`ProxyError|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|` +
	`Temporary failure in name resolution|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT`)

// proxy names the proxy that builds are given.
func proxy() string {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if os.Getenv(name) != "" {
			return " and at the proxy that " + name + " names, or unset that"
		}
	}
	return ""
}

// explain is err, with what to do where no registry of packages answered.
func explain(err error) error {
	if !silent.MatchString(runner.Output(err)) {
		return err
	}
	return fmt.Errorf("%w\nThe registry of packages did not answer. Look at the network%s, and deploy again", err, proxy())
}
