//go:build long

package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"todo-app/magefiles/internal/wait"
)

// visitors send requests at a fixed rate, whatever becomes of the earlier ones: todos that are made, lists and pages,
// on connections that are kept and on new ones.
type visitors struct {
	of   [2]*visitor // by kept connections, by new ones
	stop chan struct{}
	all  sync.WaitGroup

	mutex    sync.Mutex
	started  int
	waiting  map[int]bool // the numbers of those that have no answer yet
	failures []failure
	made     []string // titles of the todos that were acknowledged
}

// visitors begins to send that many requests a second, until the test ends at the latest.
func (d *deployment) visitors(t *testing.T, rate int) *visitors {
	t.Helper()
	kept, anew := d.visitor(t), d.visitor(t)
	kept.client.Transport.(*http.Transport).MaxIdleConnsPerHost = rate
	anew.client.Transport.(*http.Transport).DisableKeepAlives = true
	kept.add(t, "the-first") // and so is somebody
	anew.client.Jar = kept.client.Jar
	vs := &visitors{of: [2]*visitor{kept, anew}, stop: make(chan struct{}),
		waiting: map[int]bool{}}
	vs.all.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(rate))
		defer tick.Stop()
		for number := 1; ; number++ {
			select {
			case <-vs.stop:
				return
			case <-tick.C:
				vs.all.Go(func() { vs.send(number) })
			}
		}
	})
	t.Cleanup(func() { vs.end() })
	return vs
}

// send makes one request: of five, one todo, three lists and a page.
func (vs *visitors) send(number int) {
	vs.mutex.Lock()
	vs.started = max(vs.started, number)
	vs.waiting[number] = true
	vs.mutex.Unlock()

	method, path, body, title := http.MethodGet, "/api/todos", "", ""
	switch number % 5 {
	case 0:
		path = "/"
	case 1:
		title = fmt.Sprintf("made-%d", number)
		method, body = http.MethodPost, fmt.Sprintf(`{"title": %q}`, title)
	}
	began := time.Now()
	status, answer, err := vs.of[number/5%2].request(method, path, body)
	if err == nil && path == "/" && !strings.Contains(answer, "made-") && !strings.Contains(answer, "the-first") {
		err = errors.New("a page without a todo")
	}

	vs.mutex.Lock()
	defer vs.mutex.Unlock()
	delete(vs.waiting, number)
	switch {
	case err != nil || status != map[string]int{"GET": http.StatusOK, "POST": http.StatusCreated}[method]:
		what := fmt.Sprintf("%s %s after %s: %d %.200q %v", method, path, time.Since(began).Round(time.Millisecond), status,
			answer, err) // the answer tells whether the ingress or the app refused
		vs.failures = append(vs.failures, failure{number, time.Now(), what})
	case title != "":
		vs.made = append(vs.made, title)
	}
}

func (vs *visitors) sent() int {
	vs.mutex.Lock()
	defer vs.mutex.Unlock()
	return vs.started
}

// inHand is how many requests have no answer yet.
func (vs *visitors) inHand() int {
	vs.mutex.Lock()
	defer vs.mutex.Unlock()
	return len(vs.waiting)
}

// untilAnswered waits until so many requests have been sent, and each of them has ended.
func (vs *visitors) untilAnswered(t *testing.T, count int) {
	t.Helper()
	wait.Until(t, fmt.Sprintf("%d requests to be answered", count), func() bool {
		vs.mutex.Lock()
		defer vs.mutex.Unlock()
		for number := range vs.waiting {
			if number <= count {
				return false
			}
		}
		return vs.started >= count
	})
}

// failure is a request that was not answered as it should be.
type failure struct {
	number int
	at     time.Time
	what   string
}

func (f failure) String() string { return fmt.Sprintf("%s %s", f.at.Format("15:04:05.000"), f.what) }

// span is the time between the first and the last of several failures.
func span(failed []failure) time.Duration {
	if len(failed) == 0 {
		return 0
	}
	return failed[len(failed)-1].at.Sub(failed[0].at).Round(time.Millisecond)
}

// failedSince are the failures of what was sent after the first that many.
func (vs *visitors) failedSince(count int) []failure {
	vs.mutex.Lock()
	defer vs.mutex.Unlock()
	var failed []failure
	for _, one := range vs.failures {
		if one.number > count {
			failed = append(failed, one)
		}
	}
	return failed
}

// end waits for the last answers, and returns the titles of the todos that were acknowledged.
func (vs *visitors) end() []string {
	select {
	case <-vs.stop:
	default:
		close(vs.stop)
	}
	vs.all.Wait()
	return vs.made
}
