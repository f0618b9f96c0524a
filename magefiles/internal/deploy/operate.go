package deploy

import (
	"context"
	"fmt"
	"time"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/logs"
)

// Farewell prints what a user wants to know after a deploy.
func (d *Deployment) Farewell(context.Context) error {
	if err := d.KeepTimes(); err != nil {
		return err
	}
	found := d.Address.Found()
	open := found.URL(d.Config.Host)
	if found.Command != "" {
		open += " as long as this runs in another terminal:\n            " + found.Command
	}
	const then = "   logs     mage logs\n   remove   mage down (the app), mage destroy (the cluster)\n"
	text := fmt.Sprintf("\n %s\n\n   open     %s\n%s", d.Report.Times(), open, then)
	d.Report.Show("deployed", map[string]string{"url": found.URL(d.Config.Host), "address": found.Address}, text)
	return nil
}

// Logs follows the logs of the pods of the parts that only names, divided by commas ("" is all), until the user
// interrupts it. Where previous is set it shows those of before the containers' last start.
func (d *Deployment) Logs(ctx context.Context, only string, since time.Duration, previous bool) error {
	parts, err := logs.Parts(only)
	if err != nil {
		return err
	}
	if err := d.checkRunning(ctx, "following the logs"); err != nil {
		return err
	}
	shown := logs.Logs{Kubectl: d.Cluster.Kubectl(), Write: d.Report.ServerLog, Only: parts, Since: since}
	if !previous {
		return shown.Follow(ctx) // Ctrl-C is how it ends
	}
	found, err := shown.Previous(ctx)
	if err == nil && !found {
		d.Report.Print("no container was started again since its pod is there")
	}
	return err
}

// Reach finds where the installed app answers. Where there is none, it says so within seconds, and what to do.
func (d *Deployment) Reach(ctx context.Context) (address.Candidate, error) {
	const doing = "looking for the deployed app"
	if err := d.checkRunning(ctx, doing); err != nil {
		return address.Candidate{}, err
	}
	status, err := d.Release.Status(ctx)
	if err != nil {
		return address.Candidate{}, err
	}
	if status.Revision == 0 {
		return address.Candidate{}, fmt.Errorf("%s: the %s runs, but the app is not installed there; `mage deploy` installs it",
			doing, d.Cluster.Name())
	}
	return d.Address.Reach(ctx)
}

// checkRunning returns an error unless the cluster runs: what could not be done, and how to mend it.
func (d *Deployment) checkRunning(ctx context.Context, doing string) error {
	state, err := d.state(ctx)
	if err == nil && state != cluster.Running {
		err = fmt.Errorf("%s: the %s is %s; `mage deploy` starts it", doing, d.Cluster.Name(), state)
	}
	return err
}

// Down removes the release and the hosts line; the cluster, the database's volume and its password stay. In somebody's
// cluster it removes the ingress controller, too, that a deploy has brought there.
func (d *Deployment) Down(ctx context.Context) (string, error) {
	removed := "no release"
	var addresses []string
	if d.Cluster.Answers(ctx) {
		state, err := d.Cluster.State(ctx)
		if err != nil {
			return "", err
		}
		if state == cluster.Running {
			found, err := d.Release.Uninstall(ctx)
			if err != nil {
				return "", err
			}
			if found {
				removed, addresses = "removed the release; its data stays", d.addresses(ctx)
			}
			if d.Cluster.CheckOwned() != nil {
				note, err := d.Ingress.Remove(ctx)
				if err != nil {
					return "", err
				}
				removed += note
			}
		}
	}
	line, err := d.Hosts.Remove(ctx, d.Config.Host, addresses...)
	return removed + "; hosts: " + line, err
}

// addresses are those at which the app may have been reached.
func (d *Deployment) addresses(ctx context.Context) []string {
	none := func(context.Context) (address.Candidate, error) { return address.Published(d.Config.HTTPPort, ""), nil }
	candidates, _ := d.Cluster.Addresses(ctx, none) // a cluster that cannot tell is reached nowhere
	var ips []string
	for _, c := range candidates {
		ips = append(ips, c.IP())
	}
	return ips
}

// Destroy removes the cluster and the hosts line, and with engine also stops a Docker Engine that a deploy started.
func (d *Deployment) Destroy(ctx context.Context, engine bool) (string, error) {
	note := "no cluster"
	var addresses []string
	if d.Cluster.Answers(ctx) {
		state, err := d.Cluster.State(ctx)
		if err != nil {
			return "", err
		}
		if state != cluster.Absent {
			note, addresses = "removed the "+d.Cluster.Name(), d.addresses(ctx)
		}
		if state == cluster.Running && d.Cluster.CheckOwned() == nil {
			if err := d.offerBackup(ctx, d.ask); err != nil {
				return "", err
			}
		}
		if err := d.Cluster.Delete(ctx); err != nil {
			return "", err
		}
	}
	line, err := d.Hosts.Remove(ctx, d.Config.Host, addresses...)
	note += "; hosts: " + line
	if engine && err == nil {
		var stopped bool
		if stopped, err = d.Engine.Stop(ctx); stopped {
			note += "; stopped the engine"
		}
	}
	return note, err
}

// state is how the cluster is, or what to do where no engine can tell.
func (d *Deployment) state(ctx context.Context) (cluster.State, error) {
	if !d.Cluster.Answers(ctx) {
		return "", fmt.Errorf("looking for the %s: no Docker Engine answers; `mage deploy` starts it, and "+
			"`mage doctor` says what is wrong", d.Cluster.Name())
	}
	return d.Cluster.State(ctx)
}
