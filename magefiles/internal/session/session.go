// Package session is one run of mage: its settings, its reporter, and the parts that its targets call, put together
// from them. It ends all steps when one fails, which mage by itself does not.
package session

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy"
	"todo-app/magefiles/internal/develop"
	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Session is one run.
type Session struct {
	*deploy.Deployment // what the targets do
	*develop.Workbench // and what contributors' targets do

	ctx     context.Context // ends with the first failure, which is its cause
	stop    context.CancelCauseFunc
	unlock  func() // of this run's lock on the cluster; nil before it is taken
	locked  atomic.Bool
	run     runner.Exec
	secrets []string // what nothing printed may hold
	rounds  rounds
}

// Current is this process's session, made on its first use from the environment and the working directory, which mage
// sets to the repository's root. verbose shows every command and all that it prints.
var Current = sync.OnceValues(func() (*Session, error) {
	root, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("finding the repository: %w", err)
	}
	c, err := config.Load(root, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	r := report.New(os.Stdout)
	runnable(r, filepath.Join(c.Cache, "bin"), os.Getenv(report.CalledAs), exec.LookPath)
	return New(c, r, os.Getenv("MAGEFILE_VERBOSE") == "1")
})

// New returns a session for c. The programs that the project built for itself come first on its PATH.
func New(c config.Config, r *report.Reporter, verbose bool) (*Session, error) {
	bin := filepath.Join(c.Cache, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return nil, fmt.Errorf("making the cache folder: %w; choose another with TODO_CACHE", err)
	}
	run := runner.Exec{Env: environment(os.Environ(), bin)}
	if verbose {
		run.Log = r.Writer()
	}
	deployment, err := newDeployment(c, r, run)
	if err != nil {
		return nil, err
	}
	s := &Session{Deployment: deployment, Workbench: &develop.Workbench{App: deployment, Verbose: verbose}, run: run}
	s.redact(c.Secrets)
	s.ctx, s.stop = context.WithCancelCause(context.Background())
	return s, nil
}

// Step runs fn as a step of this run. It does not begin after another step has failed, and ends when one fails.
func (s *Session) Step(ctx context.Context, name string, fn func(context.Context) (string, error)) error {
	if err := s.Failure(); err != nil {
		return err
	}
	ctx, ignore := signal.NotifyContext(ctx, syscall.SIGTERM) // SIGINT is mage's own
	defer ignore()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	round := s.ctx // watch's next one has another, and this may be called late
	defer context.AfterFunc(round, func() { cancel(context.Cause(round)) })()
	err := s.Report.Run(ctx, name, fn)
	if err != nil && ctx.Err() == nil {
		err = s.Engine.Explain(ctx, err)
		if s.locked.Load() && s.Round() == 0 {
			return s.failedWithReport(ctx, err)
		}
	}
	return s.failed(err)
}

// failed ends all steps where err is one, and returns it in a form that may be printed.
func (s *Session) failed(err error) error {
	if err = s.Report.PrintableError(err); err != nil {
		s.stop(err)
	}
	return err
}

// Failure is the first failure of this run, whose text shows no secret; nil while there is none.
func (s *Session) Failure() error { return context.Cause(s.ctx) }

// Lock makes sure that the user means the cluster, and keeps other runs from changing it until this process ends: the
// second of two says so and waits for the first.
func (s *Session) Lock(ctx context.Context) error {
	if s.unlock != nil {
		return nil
	}
	if err := s.Confirm(ctx); err != nil {
		return s.failed(err) // which ends the steps that go on meanwhile
	}
	var err error
	s.unlock, err = lock.Wait(ctx, filepath.Join(s.Config.Cache, "lock-"+s.Config.Cluster+"-"+s.Config.Profile), func() {
		s.Report.Print("another run works on the " + s.Cluster.Name() + ": waiting for it to end")
	})
	s.locked.Store(err == nil)
	return err
}

// redact keeps these secrets, too, out of all that is printed.
func (s *Session) redact(secrets config.Secrets) {
	s.secrets = append(s.secrets, secretTexts(secrets)...)
	s.Report.Redact(s.secrets...)
}

// secretTexts are the texts that nothing printed may hold: the secret values, and the passwords inside of URLs, in each
// form that programs write text in.
func secretTexts(s config.Secrets) (texts []string) {
	secrets := []string{s[chart.DatabaseURL], s[chart.DirectDatabaseURL], s["OPENAI_API_KEY"]}
	for _, name := range []string{chart.DatabaseURL, chart.DirectDatabaseURL, "OPENAI_BASE_URL"} {
		if written := password.FindStringSubmatch(s[name]); written != nil {
			plain, _ := url.PathUnescape(written[1])
			secrets = append(secrets, written[1], plain)
		}
	}
	for _, secret := range secrets {
		if len(secret) > 3 { // shorter ones are parts of common words
			texts = append(texts, forms(secret)...)
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// password is that of a URL, as it is written there: it ends at the first @.
var password = regexp.MustCompile(`^[^:/]*://[^:/@]*:([^@]*)@`)

// forms are a text as it is, and as programs write it into URLs, JSON, a shell's quotes, and a Kubernetes Secret.
func forms(text string) []string {
	quoted, err := json.Marshal(text)
	if err != nil { // no text is refused
		panic(err)
	}
	return []string{
		text, url.PathEscape(text), url.QueryEscape(text), strings.TrimPrefix(url.UserPassword("", text).String(), ":"),
		inside(string(quoted)), inside(strconv.Quote(text)), inside(strconv.QuoteToASCII(text)),
		strings.ReplaceAll(text, "'", `'"'"'`), base64.StdEncoding.EncodeToString([]byte(text)),
	}
}

func inside(quoted string) string { return quoted[1 : len(quoted)-1] }
