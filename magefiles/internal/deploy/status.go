package deploy

import (
	"context"
	"fmt"
	"path"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/report"
)

// Status is how a deployment is. docs/json.md says what each field means.
type Status struct {
	Cluster   string             `json:"cluster"`
	State     cluster.State      `json:"state"`
	Release   string             `json:"release,omitempty"` // helm's status of it; "" where it is not installed
	Revision  int                `json:"revision,omitempty"`
	Workloads []release.Workload `json:"workloads,omitempty"`
	Changes   []Change           `json:"changes,omitempty"`
	URL       string             `json:"url,omitempty"` // "" where nothing answers
	Address   string             `json:"address,omitempty"`
}

// Change is a part of what runs that is not as the sources and settings are now.
type Change struct {
	Part  string   `json:"part"`  // an image, such as todo-backend, or chart
	Known bool     `json:"known"` // whether it is remembered what the part was made of
	Files []string `json:"files"` // and settings, each with what is another with it: `backend/app/main.py changed`
}

// Status prints how the cluster, the release, its pods and images are, and what has changed since, without changing
// anything.
func (d *Deployment) Status(ctx context.Context) error {
	s, err := d.ReadStatus(ctx)
	if err == nil {
		d.Report.Show("status", s, report.Table([]string{"what", "which", "how"}, s.rows(d.Config.Host)))
	}
	return err
}

// ReadStatus finds out how the deployment is.
func (d *Deployment) ReadStatus(ctx context.Context) (s Status, err error) {
	s.Cluster = d.Cluster.Name()
	if s.State, err = d.state(ctx); err != nil || s.State != cluster.Running {
		return s, err
	}
	installed, err := d.Release.Status(ctx)
	if err != nil || installed.Revision == 0 {
		return s, err
	}
	s.Release, s.Revision = installed.Info.Status, installed.Revision
	if s.Workloads, err = d.Release.Workloads(ctx); err != nil {
		return s, err
	}
	if s.Changes, err = d.changes(ctx, installed, s.Workloads); err != nil {
		return s, err
	}
	if found, err := d.Address.Probe(ctx); err == nil {
		s.URL, s.Address = found.URL(d.Config.Host), found.Address
	}
	return s, ctx.Err()
}

// changes says what a deploy would change: in the images that workloads run, and in the chart and its settings.
func (d *Deployment) changes(
	ctx context.Context, installed release.Status, workloads []release.Workload,
) (changes []Change, err error) {
	set, unknown := d.sources(ctx) // without the images' bases, as before a first deploy, it cannot be told
	for _, w := range workloads {
		for _, ref := range set.Refs() {
			name := strings.TrimSuffix(ref, images.Tag(ref))
			if unknown != nil || !strings.HasPrefix(w.Image, name) || w.Image == ref {
				continue
			}
			c := Change{Part: path.Base(strings.TrimSuffix(name, ":"))}
			if c.Files, c.Known, err = d.Images.Changed(ctx, w.Image); err != nil {
				return nil, err
			}
			changes = append(changes, c)
		}
	}
	c := Change{Part: "chart"}
	c.Files, c.Known, err = d.Release.Changed(ctx, installed, d.settings(set))
	if len(c.Files) > 0 || !c.Known {
		changes = append(changes, c)
	}
	return changes, err
}

// shownFiles is how many files a line of the table names.
const shownFiles = 4

// String is the change as users read it.
func (c Change) String() string {
	switch shown := min(len(c.Files), shownFiles); {
	case !c.Known:
		return "it is not known here what it was made of; `mage deploy` compares it"
	case shown < len(c.Files):
		return fmt.Sprintf("%s, and %d more", strings.Join(c.Files[:shown], ", "), len(c.Files)-shown)
	default:
		return strings.Join(c.Files, ", ")
	}
}

// rows are the table's, of an app that answers to host.
func (s Status) rows(host string) [][]string {
	rows := [][]string{{"cluster", s.Cluster, string(s.State)}}
	switch {
	case s.State != cluster.Running:
		return rows
	case s.Release == "":
		return append(rows, []string{"release", chart.Release, "not installed: `mage deploy`"})
	}
	rows = append(rows, []string{"release", chart.Release, fmt.Sprintf("%s, revision %d", s.Release, s.Revision)})
	for _, w := range s.Workloads {
		rows = append(rows, []string{"workload", w.Name, fmt.Sprintf("%d of %d ready, %s", w.Ready, w.Wanted, w.Image)})
	}
	for _, c := range s.Changes {
		rows = append(rows, []string{"changed", c.Part, c.String()})
	}
	switch {
	case s.URL == "":
		rows = append(rows, []string{"url", host, "nothing answers: `mage deploy`"})
	default:
		rows = append(rows, []string{"url", s.URL, s.Address})
	}
	if len(s.Changes) > 0 {
		return append(rows, []string{"next", "`mage deploy`", "brings what has changed"})
	}
	return rows
}
