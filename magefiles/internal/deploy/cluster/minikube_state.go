package cluster

import (
	"context"
	"fmt"

	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// State implements Provider.
func (m *Minikube) State(ctx context.Context) (State, error) {
	state, _, err := m.look(ctx)
	return state, err
}

// ours tells whether there is a profile of this name. One that this project cannot use is an error: it is somebody's, and
// so is left alone.
func (m *Minikube) ours(ctx context.Context) (found bool, err error) {
	config, found, err := m.profile().Config(ctx)
	var why string
	switch {
	case err != nil || !found:
		return false, err
	case config.Driver != "docker":
		why = fmt.Sprintf("its driver is %s, and this project's nodes are containers of the Docker Engine", config.Driver)
	case config.Nodes > 1:
		why = fmt.Sprintf("it has %d nodes, and only one can be built in", config.Nodes)
	default:
		return true, nil
	}
	return false, fmt.Errorf("using the %s: %s; choose another name with TODO_PROFILE, or remove it with all that is in it: minikube delete --profile %s",
		m.Name(), why, m.Profile)
}

// look asks how the cluster is, the cheapest question first.
func (m *Minikube) look(ctx context.Context) (State, minikube.Status, error) {
	found, err := m.ours(ctx)
	switch {
	case err != nil:
		return "", minikube.Status{}, err
	case exists(m.begun()):
		return Incomplete, minikube.Status{}, nil
	case !found:
		return Absent, minikube.Status{}, nil
	}
	status, err := m.profile().Status(ctx)
	switch {
	case err != nil:
		return "", minikube.Status{}, err
	case status.Running():
		return Running, status, nil
	default: // a node that is gone, too: minikube makes it anew around the volume that holds its data
		return Stopped, status, nil
	}
}

// configured is minikube's word for a kube context that leads to its cluster.
const configured = "Configured"

// reach makes sure that the API server answers through the kube context of the profile's name, and that the context leads
// to this cluster: one of that name may be another cluster's, or the node's address another one since.
func (m *Minikube) reach(ctx context.Context, status minikube.Status) error {
	if status.Kubeconfig == configured && m.Kubectl().Ready(ctx) == nil {
		return nil
	}
	if err := m.updateContext(ctx); err != nil {
		return err
	}
	report.Progress(ctx, "waiting for the API server")
	if err := m.Kubectl().WaitReady(ctx, apiTime); err != nil {
		return fmt.Errorf("reaching the %s: its node runs but the API server does not answer; `mage destroy` and deploy again if this stays: %w", m.Name(), err)
	}
	return nil
}

// updateContext repairs the profile's kube context. minikube makes it the current one, too: the user's own choice is put
// back.
func (m *Minikube) updateContext(ctx context.Context) error {
	report.Progress(ctx, "repairing the kube context")
	kubectl := func(args ...string) runner.Command {
		return runner.Cmd("kubectl", append([]string{"config"}, args...)...)
	}
	before, unset := m.Runner.Output(ctx, kubectl("current-context"))
	if err := m.Runner.Run(ctx, m.profile().Command("update-context")); err != nil {
		return fmt.Errorf("repairing the kube context of the %s: %w", m.Name(), err)
	}
	back := kubectl("use-context", before)
	switch {
	case before == m.Profile:
		return nil
	case unset != nil || before == "":
		back = kubectl("unset", "current-context")
	}
	if err := m.Runner.Run(ctx, back); err != nil {
		return fmt.Errorf("choosing the kube context again that was the current one: %w", err)
	}
	return nil
}
