package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/tree"
)

// Plan is what a deploy would do, in the order of its steps. docs/json.md says what each field means.
type Plan struct {
	Steps   []Planned `json:"steps"`
	Seconds float64   `json:"seconds"`           // of the steps whose time is known, one after the other
	Unknown []string  `json:"unknown,omitempty"` // the steps whose time is not known
}

// Planned is a step.
type Planned struct {
	Step    string   `json:"step"`
	Does    string   `json:"does"`              // "" is nothing
	Seconds *float64 `json:"seconds,omitempty"` // as the last deploy took that had as much to do
}

// PrintPlan prints what a deploy would do and about how long that takes, and does nothing.
func (d *Deployment) PrintPlan(ctx context.Context) error {
	steps, err := d.planned(ctx)
	if err != nil {
		return err
	}
	plan := timed(steps, d.times())
	d.Report.Show("plan", plan, plan.String())
	return nil
}

const toIngress = "makes the ingress controller ready"

// planned looks what there is to do.
func (d *Deployment) planned(ctx context.Context) ([]Planned, error) {
	does := map[string]string{"verify": "uses the app as a visitor would"}
	s := Status{State: cluster.Absent}
	if d.Cluster.Answers(ctx) {
		var err error
		if s, err = d.ReadStatus(ctx); err != nil {
			return nil, err
		}
	} else {
		does["engine"] = "starts the Docker Engine, or tells how to"
	}
	switch s.State {
	case cluster.Absent:
		does["cluster"] = "creates the " + d.Cluster.Name()
	case cluster.Stopped:
		does["cluster"] = "starts the " + d.Cluster.Name()
	case cluster.Incomplete:
		does["cluster"] = "creates the " + d.Cluster.Name() + " anew, whose creation was interrupted"
	}
	if does["build"] = d.toBuild(ctx, s.State); does["build"] != "" {
		does["images"] = "brings them into the cluster"
	}
	var changes []string
	for _, c := range s.Changes {
		changes = append(changes, c.Part+" ("+c.String()+")")
	}
	switch {
	case s.State != cluster.Running:
		does["ingress"], does["install"] = toIngress, "installs the app, or finds it as it was"
	case s.Release == "":
		does["ingress"], does["install"] = toIngress, "installs the app"
	case len(changes) > 0:
		does["install"] = fmt.Sprintf("upgrades revision %d: %s", s.Revision, strings.Join(changes, "; "))
	case does["build"] != "":
		does["install"] = fmt.Sprintf("upgrades revision %d", s.Revision)
	}
	var steps []Planned
	for _, step := range []string{"engine", "cluster", "build", "images", "ingress", "install", "hosts", "verify"} {
		steps = append(steps, Planned{Step: step, Does: does[step]})
	}
	return steps, ctx.Err()
}

// toBuild says which images are to build.
func (d *Deployment) toBuild(ctx context.Context, state cluster.State) string {
	const both = "builds both images"
	if state != cluster.Running && d.BuildsInNode() {
		return both
	}
	set, err := d.sources(ctx)
	if err != nil { // their bases are not there yet
		return both
	}
	if missing := d.Images.Missing(ctx, set); len(missing) > 0 {
		return "builds " + strings.Join(missing, ", ")
	}
	return ""
}

// idle marks the time of a step that found nothing to do.
const idle = " idle"

// timed adds the times that are known of steps.
func timed(steps []Planned, known map[string]float64) Plan {
	p := Plan{Steps: steps}
	for i, s := range steps {
		name := s.Step
		if s.Does == "" {
			name += idle
		}
		if seconds, ok := known[name]; ok {
			p.Steps[i].Seconds = &seconds
			p.Seconds += seconds
		} else if s.Does != "" {
			p.Unknown = append(p.Unknown, s.Step)
		}
	}
	return p
}

// String is the plan as users read it.
func (p Plan) String() string {
	var rows [][]string
	for _, s := range p.Steps {
		does, took := s.Does, ""
		if does == "" {
			does = "nothing to do"
		}
		if s.Seconds != nil {
			took = report.Seconds(time.Duration(*s.Seconds * float64(time.Second)))
		}
		rows = append(rows, []string{s.Step, took, does})
	}
	text := report.Table([]string{"step", "time", "what deploy would do"}, rows)
	about := report.Seconds(time.Duration(p.Seconds * float64(time.Second)))
	switch {
	case len(p.Unknown) == len(p.Steps) || p.Seconds == 0:
		return text + "\nhow long it takes is not known: no deploy has ended here yet"
	case len(p.Unknown) > 0:
		return fmt.Sprintf("%s\nabout %s, and what is not known yet: %s", text, about, strings.Join(p.Unknown, ", "))
	}
	return text + "\nabout " + about + ", or less: steps that do not need each other run at the same time"
}

func (d *Deployment) timesFile() string {
	return filepath.Join(d.Config.Cache, "times-"+d.Config.Cluster+"-"+d.Config.Profile+".json")
}

// times are the kept times of steps, in seconds; none where there are none that can be read.
func (d *Deployment) times() map[string]float64 {
	known := map[string]float64{}
	text, err := os.ReadFile(d.timesFile())
	if err != nil || json.Unmarshal(text, &known) != nil {
		return map[string]float64{}
	}
	return known
}

// KeepTimes keeps how long the steps of this run took, for the next plan.
func (d *Deployment) KeepTimes() error {
	known := d.times()
	for _, took := range d.Report.Took() {
		name := took.Step
		if took.Idle {
			name += idle
		}
		known[name] = took.Time.Seconds()
	}
	text, err := json.MarshalIndent(known, "", " ")
	if err == nil {
		err = tree.WriteFile(d.timesFile(), text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("keeping the times of the steps: %w", err)
	}
	return nil
}
