package kind

import (
	"context"
	"fmt"
	"strings"

	kindexec "sigs.k8s.io/kind/pkg/exec"
	kindlog "sigs.k8s.io/kind/pkg/log"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
)

// progressLogger shows kind's own steps as the progress of the step that called it.
type progressLogger struct{ ctx context.Context }

var (
	_ kindlog.Logger     = progressLogger{}
	_ kindlog.InfoLogger = progressLogger{}
)

func (l progressLogger) Warn(message string)            { report.Info(l.ctx, "%s", message) }
func (l progressLogger) Warnf(format string, a ...any)  { report.Info(l.ctx, format, a...) }
func (l progressLogger) Error(message string)           { report.Warn(l.ctx, "%s", message) }
func (l progressLogger) Errorf(format string, a ...any) { report.Warn(l.ctx, format, a...) }
func (l progressLogger) V(level kindlog.Level) kindlog.InfoLogger {
	if level > 0 {
		return kindlog.NoopInfoLogger{}
	}
	return l
}
func (l progressLogger) Enabled() bool                 { return true }
func (l progressLogger) Infof(format string, a ...any) { l.Info(fmt.Sprintf(format, a...)) }

// Info drops the marks and pictures that kind puts around a step's name.
func (l progressLogger) Info(message string) {
	words := strings.TrimFunc(message, func(r rune) bool { return r > 127 || strings.ContainsRune(" .\n", r) })
	if words != "" && !strings.HasPrefix(message, " ✓") {
		report.Progress(l.ctx, "%s", strings.ToLower(words[:1])+words[1:])
	}
}

// why is the cause in the output of the program that failed within kind's library, whose errors do not show it.
func (c *Cluster) why(err error) string {
	failed := kindexec.RunErrorForError(err)
	if failed == nil || len(failed.Output) == 0 {
		return ""
	}
	cause := strings.ReplaceAll(cluster.Cause(string(failed.Output)), "\n", "\n    ")
	return fmt.Sprintf("\n    %s\n%s", cause, c.Log("kind", string(failed.Output)))
}
