package session

import (
	"context"
	"time"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/hosts"
)

// Reach finds the address at which the ingress answers, and remembers it for the rest of the run. A controller whose pod
// is ready may take a moment to answer.
func (s *Session) Reach(ctx context.Context) (address.Candidate, error) {
	s.reach.Lock()
	defer s.reach.Unlock()
	if s.reached.Address != "" {
		return s.reached, nil
	}
	candidates, err := s.candidates(ctx)
	if err != nil {
		return address.Candidate{}, err
	}
	s.reached, err = address.Prober{Host: s.Config.Host, Patience: time.Minute}.Find(ctx, candidates)
	return s.reached, err
}

// candidates are the addresses that the app's name can lead to. kind's published port always answers; a port-forward is
// the last resort of other clusters.
func (s *Session) candidates(ctx context.Context) ([]address.Candidate, error) {
	all, err := s.Cluster.Addresses(ctx)
	if err == nil && s.Config.Cluster != config.Kind {
		var forward address.Candidate
		forward, err = s.Ingress.Forward(ctx, s.Config.HTTPPort)
		all = append(all, forward)
	}
	return address.For(s.Config.Host, s.Hosts.System == hosts.WSL, all), err
}

// look is one look for the address, which starts nothing and does not wait.
func (s *Session) look(ctx context.Context) (address.Candidate, error) {
	candidates, err := s.candidates(ctx)
	if err != nil {
		return address.Candidate{}, err
	}
	return address.Prober{Host: s.Config.Host}.Find(ctx, address.Lasting(candidates))
}

// MapHost makes the app's name lead to the address that answers.
func (s *Session) MapHost(ctx context.Context) (string, error) {
	found, err := s.Reach(ctx)
	if err != nil {
		return "", err
	}
	return s.Hosts.Ensure(ctx, s.Config.Host, sides(found))
}

// hostsCheck says how the name is mapped, compared with the address that answers, or else would be tried first.
func (s *Session) hostsCheck(ctx context.Context) (string, error) {
	found, err := s.look(ctx)
	if err != nil {
		candidates, err := s.candidates(ctx)
		if err != nil || len(candidates) == 0 {
			return "looked at once the cluster runs", nil
		}
		found = candidates[0]
	}
	return s.Hosts.Check(s.Config.Host, sides(found))
}

// sides are the addresses on both sides of a WSL: what is on loopback is there for Windows, too.
func sides(found address.Candidate) hosts.Addresses {
	to := hosts.Addresses{Here: found.IP()}
	if found.OnLoopback() {
		to.Windows = found.IP()
	}
	return to
}
