package images

import (
	"fmt"
	"os"
	"regexp"

	"todo-app/magefiles/internal/runner"
)

// causes are what ends a build that is not the Dockerfile's fault, by what programs say of it.
var causes = []struct {
	said *regexp.Regexp
	mend func() string
}{
	{regexp.MustCompile(`no space left on device|ENOSPC`), func() string {
		return "The disk of the Docker Engine is full: `docker system df` says what takes the room. " +
			"`docker builder prune` frees what builds keep, which the next ones make again"
	}},
	{regexp.MustCompile(`ProxyError|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|` +
		`Temporary failure in name resolution|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT`), func() string {
		return "The registry of packages did not answer. Look at the network" + proxy() + ", and deploy again"
	}},
}

// proxy names the proxy that builds are given.
func proxy() string {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if os.Getenv(name) != "" {
			return " and at the proxy that " + name + " names, or unset that"
		}
	}
	return ""
}

// explain is err, with what to do where a build of ours cannot be the cause.
func explain(err error) error {
	said := runner.Output(err)
	for _, cause := range causes {
		if cause.said.MatchString(said) {
			return fmt.Errorf("%w\n%s", err, cause.mend())
		}
	}
	return err
}
