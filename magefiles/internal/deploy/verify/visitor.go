package verify

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/bitfield/script"
)

// visitor is one browser's session: its client keeps the cookies.
type visitor struct {
	url    string
	client *http.Client
}

// do makes one request and returns its answer's body; an answer with another status than want is an error.
func (v *visitor) do(ctx context.Context, method, path, body string, want int) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, v.url+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", v.url) // as a browser says it with every write
	}
	status := &statusKeeper{next: v.client.Transport}
	client := *v.client
	client.Transport = status
	text, err := script.NewPipe().WithHTTPClient(&client).Do(req).String()
	switch {
	case status.code == 0:
		return "", fmt.Errorf("%s %s got no answer: %w", method, path, err)
	case status.code != want:
		return "", fmt.Errorf("%s %s answered %d instead of %d: %s", method, path, status.code, want, excerpt(text))
	case err != nil:
		return "", fmt.Errorf("reading the answer to %s %s: %w", method, path, err)
	}
	return text, nil
}

// statusKeeper remembers the status of an answer, which script's pipe turns into an error without its number.
type statusKeeper struct {
	next http.RoundTripper
	code int
}

// RoundTrip implements http.RoundTripper.
func (s *statusKeeper) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := s.next.RoundTrip(req)
	if err == nil {
		s.code = res.StatusCode
	}
	return res, err
}

func excerpt(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return text
}
