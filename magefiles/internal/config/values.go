package config

import (
	"cmp"
	"encoding/pem"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/databaseurl"
)

// reader takes values by name and collects what is wrong with them.
type reader struct {
	get  func(name string) string
	errs []error
}

func (r *reader) bad(name, is, allowed string) {
	r.errs = append(r.errs, fmt.Errorf("setting %s: it %s, %s", name, is, allowed))
}

func quoted(value string) string { return "is " + strconv.Quote(value) }

func (r *reader) or(name, unset string) string {
	if v := r.get(name); v != "" {
		return v
	}
	return unset
}

func (r *reader) oneOf(name, unset string, allowed ...string) string {
	v := r.or(name, unset)
	if !slices.Contains(allowed, v) {
		r.bad(name, quoted(v), "but must be "+strings.Join(allowed, ", ")+" or unset")
	}
	return v
}

var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

func (r *reader) label(name, unset string, limit int) string {
	v := r.or(name, unset)
	if !label.MatchString(v) || len(v) > limit {
		r.bad(name, quoted(v),
			fmt.Sprintf("but must be lower-case letters, digits and inner hyphens, %d at most", limit))
	}
	return v
}

func (r *reader) host(name, unset string) string {
	v := r.or(name, unset)
	malformed := func(part string) bool { return !label.MatchString(part) || len(part) > 63 }
	if slices.ContainsFunc(strings.Split(v, "."), malformed) || len(v) > 253 || net.ParseIP(v) != nil {
		r.bad(name, quoted(v),
			"but must be a lower-case host name such as todo.local or todo.localhost, no address and without a port")
	}
	return v
}

func (r *reader) port(name string, unset int) int {
	return r.number(name, unset, 65535, "a port number from 1 to 65535")
}

// number takes a whole number of 1 or more, and most at the most.
func (r *reader) number(name string, unset, most int, what string) int {
	v := r.or(name, strconv.Itoa(unset))
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > most {
		r.bad(name, quoted(v), "but must be "+what)
	}
	return n
}

func (r *reader) absolute(name, unset string) string {
	v := r.or(name, unset)
	if v != "" && !filepath.IsAbs(v) {
		r.bad(name, quoted(v), "but must be an absolute path")
	}
	return v
}

// certificates takes a PEM file's path from name, or from the fallback variable where that names one that is readable.
func (r *reader) certificates(name, fallback string) string {
	own := r.get(name)
	v := cmp.Or(own, r.get(fallback))
	text, err := os.ReadFile(v)
	switch block, _ := pem.Decode(text); {
	case own == "" && block == nil:
		return ""
	case own != "" && err != nil:
		r.bad(name, quoted(v), "but that file cannot be read: "+err.Error())
	case block == nil:
		r.bad(name, quoted(v), "but that file holds no PEM certificate")
	}
	return v
}

// secret takes a value of one line, which is never shown.
func (r *reader) secret(name string) string {
	v := r.get(name)
	if strings.ContainsAny(v, "\r\n\x00") {
		r.bad(name, "has more than one line", "but must be a single line")
	}
	return v
}

func (r *reader) postgresURL(name string) string {
	v := r.get(name)
	if v == "" {
		return ""
	}
	u, err := databaseurl.Parse(v)
	switch {
	case err != nil:
		r.bad(name, err.Error(), "but must look like postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=require")
	case u.Unreachable() != "":
		r.bad(name, "names the host "+u.Unreachable(),
			"which leads a pod to itself or nowhere; name a host that the cluster can reach")
	}
	return v
}

func (r *reader) httpURL(name string) string {
	v := r.secret(name)
	if v == "" {
		return ""
	}
	if u, err := url.Parse(v); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		r.bad(name, "is no http or https URL", "but must look like https://HOST/v1, or be unset")
	}
	return v
}
