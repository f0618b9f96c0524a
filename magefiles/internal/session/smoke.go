package session

import (
	"context"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/develop/smoke"
)

// Smoke runs both images without a cluster, in the machine's own engine.
func (s *Session) Smoke(ctx context.Context) (string, error) {
	if err := s.Supply.Provide(ctx, append(images.Bases(), release.PostgresImage)...); err != nil {
		return "", err
	}
	set, err := s.Host.Current(ctx)
	if err != nil {
		return "", err
	}
	if _, err := s.Host.Build(ctx, set); err != nil {
		return "", err
	}
	return smoke.Test{Runner: s.Runner, Images: set, Postgres: release.PostgresImage, Name: s.Config.Profile + "-run"}.Run(ctx)
}
