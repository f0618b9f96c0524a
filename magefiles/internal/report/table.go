package report

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// Table lays rows out under their heads.
func Table(heads []string, rows [][]string) string {
	return table.New().Headers(heads...).Rows(rows...).Border(lipgloss.HiddenBorder()).
		StyleFunc(func(row, _ int) lipgloss.Style {
			if row == table.HeaderRow {
				return faint.PaddingRight(2)
			}
			return lipgloss.NewStyle().PaddingRight(2)
		}).String()
}

// Times is a line with the time of every step, and of all of them from the first one's start: steps overlap.
func (r *Reporter) Times() string {
	steps := r.Steps()
	if len(steps) == 0 {
		return ""
	}
	var parts []string
	for _, s := range steps {
		parts = append(parts, s.Name+" "+Seconds(s.Took))
	}
	return strings.Join(parts, " · ") + " · in all " + Seconds(time.Since(steps[0].Start))
}
