package session

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"

	"todo-app/magefiles/internal/develop/dev"
	"todo-app/magefiles/internal/develop/toolchain"
)

// Dev runs the app on this machine, with no container, until the user interrupts it.
func (s *Session) Dev(ctx context.Context) (string, error) {
	clone := fmt.Sprintf("dev-%x", sha256.Sum256([]byte(s.Config.Root)))[:len("dev-")+12]
	secrets := s.Config.Secrets
	return dev.Dev{
		Toolchain: s.toolchain(),
		Data:      filepath.Join(s.Config.Cache, clone),
		Env: []string{"OPENAI_API_KEY=" + secrets.OpenAIAPIKey, "OPENAI_BASE_URL=" + secrets.OpenAIBaseURL,
			"OPENAI_MODEL=" + secrets.OpenAIModel},
		Log: func(server string) io.Writer { return s.Report.ServerLog(server) },
	}.Run(ctx)
}

func (s *Session) toolchain() toolchain.Toolchain {
	return toolchain.Toolchain{Runner: s.Runner, Root: s.Config.Root, Cache: s.Config.Cache}
}
