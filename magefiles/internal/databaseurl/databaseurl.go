// Package databaseurl reads the URL of a database as the backend does: by SQLAlchemy's rules, which are not those of
// net/url. backend/app/core/database_url.py says the same in Python. One table of cases holds both together:
// backend/tests/database_urls.json.
package databaseurl

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// URL is what the backend's driver gets.
type URL struct {
	User, Password, Database string
	Hosts                    []string // names and addresses, or the folder of a socket
	Port                     int      // 0 is the usual one
}

// form is SQLAlchemy's own: a password ends at the first @, and may hold / # and ?.
var form = regexp.MustCompile(`^([^:/]*)://(?:([^:/]*)(?::([^@]*))?@)?` +
	`((?:\[([^/?]+)\]|([^/:?]+))?(:[^/?]*)?(?:/([^?]*))?(?:\?(.*))?.*)`)

// schemes are the beginnings that the backend takes.
var schemes = []string{"postgres", "postgresql", "postgresql+psycopg"}

// options are the parameters of libpq 18 but those that a URL has a place for, and files of settings.
var options = strings.Fields(`host channel_binding connect_timeout client_encoding options application_name
	fallback_application_name keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout sslmode
	sslnegotiation sslcompression sslcert sslkey sslcertmode sslpassword sslrootcert sslcrl sslcrldir sslsni requirepeer
	require_auth min_protocol_version max_protocol_version ssl_min_protocol_version ssl_max_protocol_version gssencmode
	krbsrvname gsslib gssdelegation replication target_session_attrs load_balance_hosts scram_client_key
	scram_server_key oauth_issuer oauth_client_id oauth_client_secret oauth_scope sslkeylogfile`)

// Parse reads text. An error says what is wrong and how to mend it, and shows no part of text: any may be secret.
func Parse(text string) (URL, error) {
	m := form.FindStringSubmatch(text)
	if m == nil || !slices.Contains(schemes, m[1]) {
		return URL{}, errors.New("does not begin with postgresql:// in small letters")
	}
	plain, err := url.PathUnescape(text)
	if err != nil || !utf8.ValidString(plain) {
		return URL{}, errors.New("has a % that begins no character: write % as %25")
	}
	if strings.ContainsFunc(plain, unicode.IsControl) {
		return URL{}, errors.New("holds a line end or another control character")
	}
	if strings.Contains(m[4], "@") {
		return URL{}, errors.New("has an @ too many: write @ as %40 in the password")
	}
	u := URL{User: unescape(m[2]), Password: unescape(m[3]), Database: unescape(m[8]),
		Hosts: strings.Split(m[5]+m[6], ",")}
	if m[7] != "" {
		u.Port, err = strconv.Atoi(m[7][1:])
		if err != nil || u.Port < 1 || u.Port > 65535 || strconv.Itoa(u.Port) != m[7][1:] {
			return URL{}, errors.New("has a port that is no number from 1 to 65535")
		}
	}
	socket, err := query(m[9])
	if err != nil {
		return URL{}, err
	}
	if socket != "" {
		u.Hosts = []string{socket}
	}
	if u.User == "" || u.Database == "" || slices.Contains(u.Hosts, "") {
		return URL{}, errors.New("names no user, no host or no database")
	}
	if socket == "" && !every(u.Hosts, isHost) {
		return URL{}, errors.New("has a host that is neither a name nor an IP address")
	}
	return u, nil
}

// query reads what stands after the ?, where an option without a value counts for nothing, and returns the folder of a
// socket, for which the rest of a URL has no place.
func query(text string) (socket string, err error) {
	seen := map[string]bool{}
	for pair := range strings.SplitSeq(text, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		key = unescape(strings.ReplaceAll(key, "+", " "))
		switch {
		case !slices.Contains(options, key):
			return "", errors.New("has an option after the ? that is none of PostgreSQL's, or whose place is before the ?")
		case seen[key]:
			return "", errors.New("has an option twice after the ?")
		case key == "host":
			socket = unescape(strings.ReplaceAll(value, "+", " "))
			if !strings.HasPrefix(socket, "/") {
				return "", errors.New("has a host after the ?: write it before the database, or several as HOST,HOST")
			}
		}
		seen[key] = true
	}
	return socket, nil
}

// unescape takes what Parse has found to be well escaped.
func unescape(text string) string {
	plain, _ := url.PathUnescape(text)
	return plain
}

var (
	name    = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$`)
	numeric = regexp.MustCompile(`(^|\.)(0[xX][0-9A-Fa-f]*|[0-9]+)\.?$`) // 127.1 and the like, which resolvers still know
)

func isHost(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil || name.MatchString(text) && !numeric.MatchString(text)
}

// Unreachable is the first of the hosts that leads a pod to itself or nowhere; "" where there is none.
func (u URL) Unreachable() string {
	i := slices.IndexFunc(u.Hosts, unreachable)
	if i < 0 {
		return ""
	}
	return u.Hosts[i]
}

func unreachable(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.Unmap()
		return address.IsLoopback() || address.IsUnspecified() || address.IsLinkLocalUnicast() || address.IsMulticast()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	local := []string{"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}
	return slices.Contains(local, host) || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "/")
}

func every(list []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
}
