package session

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/tree"
)

const (
	// examineTime is how long the machine is examined for the report of a failure.
	examineTime = 10 * time.Second
	// keptReports is how many reports are kept.
	keptReports = 20
)

// failedWithReport is failed, and writes for the first failure a file that can be attached to a bug report. The error
// says where it is.
func (s *Session) failedWithReport(ctx context.Context, err error) error {
	if s.Failure() != nil {
		return s.failed(err)
	}
	folder := filepath.Join(s.Config.Cache, "reports")
	path := filepath.Join(folder, fmt.Sprintf("%s-%s.txt", s.Config.Profile, time.Now().Format("20060102-150405.000")))
	write := func(text string) error { return tree.WriteFile(path, []byte(s.Report.Printable(text)), 0o600) }
	if failure := write(err.Error()); failure != nil { // which is known before the report is spoken of
		s.Report.Print(fmt.Sprintf("the report could not be written: %v", failure))
		return s.failed(err)
	}
	told := s.failed(fmt.Errorf("%w\n\nThe report of this run, without secrets, for a bug report: %s", err, path))
	if failure := write(s.story(context.WithoutCancel(ctx), err)); failure != nil {
		s.Report.Print(fmt.Sprintf("the report has only what failed: %v", failure))
	}
	_ = tree.KeepNewest(filepath.Join(folder, "*.txt"), keptReports)
	return told
}

// story is what happened in this run, and how the machine is. It may hold secrets still.
func (s *Session) story(ctx context.Context, err error) string {
	var b strings.Builder
	section := func(title, text string) { fmt.Fprintf(&b, "== %s\n\n%s\n\n", title, strings.TrimSpace(text)) }
	section("What failed", err.Error())
	section("Settings", settings(s.Config))
	var found bytes.Buffer
	ctx, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	_ = s.Examine(ctx, report.Plain(&found)) // what is wrong is in what it prints
	section("mage doctor", found.String())
	section("Steps", s.Report.Story())
	return b.String()
}

// settings are those of c, and of the secret ones only which are set.
func settings(c config.Config) string {
	set := slices.Sorted(maps.Keys(c.Secrets))
	c.Secrets = nil
	text, err := json.MarshalIndent(struct {
		config.Config
		Secrets []string
	}{c, set}, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}
