package bench

import (
	"bytes"
	_ "embed"
	"html/template"
	"math"
	"slices"
	"time"

	"todo-app/magefiles/internal/report"
)

// plotText is an SVG image that follows the reader's choice of light or dark.
//
//go:embed plot.svg
var plotText string

var plot = template.Must(template.New("plot").Parse(plotText))

// What the image is made of, in its units: how far keys, bars and groups are apart, where bars begin, and how long the
// longest is.
const (
	keyStep, barStep, groupGap = 110, 22, 14
	barStart, barRoom, top     = 190, 400, 64
)

// mark is a bar with its time, or a key with its contender's name.
type mark struct {
	Which       int // of the contenders
	X, Y        float64
	Length, End float64
	Label       string
}

// group is a case's bars.
type group struct {
	Y    float64
	Name string
	Bars []mark
}

// draw returns an SVG image of bars, a group for each of the results. All results have a time of each of names.
func draw(title string, names []string, results []result) []byte {
	var longest time.Duration
	for _, r := range results {
		longest = max(longest, slices.Max(r.took))
	}
	var keys []mark
	for i, name := range names {
		keys = append(keys, mark{Which: i, X: float64(10 + keyStep*i), Label: name})
	}
	y := float64(top)
	var groups []group
	for _, r := range results {
		g := group{Y: y, Name: r.name}
		for i, took := range r.took {
			length := math.Round(barRoom * took.Seconds() / longest.Seconds())
			g.Bars = append(g.Bars, mark{i, barStart, y, length, barStart + length + 6, report.Seconds(took)})
			y += barStep
		}
		groups = append(groups, g)
		y += groupGap
	}
	var out bytes.Buffer
	data := map[string]any{"Title": title, "Keys": keys, "Groups": groups, "Height": y}
	if err := plot.Execute(&out, data); err != nil {
		panic(err) // a template of ours, with the fields that it has
	}
	return out.Bytes()
}
