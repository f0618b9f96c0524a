package cluster

import (
	"context"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Engine implements Inner.
func (m *Minikube) Engine() runner.Runner { return m.inner() }

func (m *Minikube) inner() *minikube.Engine {
	m.once.Do(func() {
		m.engine = &minikube.Engine{Profile: m.profile(), Refresh: func(ctx context.Context) error {
			return m.resume(ctx, minikube.Status{})
		}}
	})
	return m.engine
}

// Load implements Provider. What was built in the node's own engine is there already. Where the node has no engine it gets
// images as a node of kind's does.
func (m *Minikube) Load(ctx context.Context, images ...string) ([]string, error) {
	inside, err := m.inner().Inside(ctx)
	if err != nil {
		return nil, err
	}
	if !inside {
		return m.loadNode(ctx, images)
	}
	if m.has(ctx, images...) { // one call for the usual case
		return nil, nil
	}
	var missing []string
	for _, image := range images {
		if !m.has(ctx, image) {
			missing = append(missing, image)
		}
	}
	return missing, m.Send(ctx, missing...)
}

// has tells whether the node's engine has all the images.
func (m *Minikube) has(ctx context.Context, images ...string) bool {
	return m.inner().Run(ctx, runner.Cmd("docker", append([]string{"image", "inspect"}, images...)...)) == nil
}

// Send implements Inner: one stream for all images.
func (m *Minikube) Send(ctx context.Context, images ...string) error {
	if len(images) == 0 {
		return nil
	}
	inside, err := m.inner().Inside(ctx)
	if err != nil {
		return err
	}
	if !inside {
		_, err := m.loadNode(ctx, images)
		return err
	}
	report.Progress(ctx, "loading %s into the cluster's engine", strings.Join(images, ", "))
	load, err := m.inner().Command(ctx, runner.Cmd("docker", "load"))
	if err != nil {
		return err
	}
	if err := runner.Pipe(ctx, m.Runner, runner.Cmd("docker", append([]string{"save"}, images...)...), load); err != nil {
		return fmt.Errorf("loading images into the %s: %w", m.Name(), err)
	}
	if !m.has(ctx, images...) {
		return fmt.Errorf("loading images into the %s: its engine still lacks some of %s; is its disk full (`docker exec %s df -h /var`)?",
			m.Name(), strings.Join(images, ", "), m.Profile)
	}
	return nil
}

func (m *Minikube) loadNode(ctx context.Context, images []string) ([]string, error) {
	config, _, err := m.profile().Config(ctx)
	if err != nil {
		return nil, err
	}
	if config.Runtime != "containerd" {
		return nil, fmt.Errorf("loading images into the %s: its container runtime is %s, and this project knows docker and containerd; choose another name with TODO_PROFILE, or remove it with all that is in it: minikube delete --profile %s",
			m.Name(), config.Runtime, m.Profile)
	}
	return node{m.Runner, m.Profile, m.Name()}.load(ctx, images)
}
