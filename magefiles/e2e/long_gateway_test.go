//go:build long

package e2e

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

// TestTheAppIsServedByTheGatewayAPI takes the deployment from its Ingress to an HTTPRoute and back.
func TestTheAppIsServedByTheGatewayAPI(t *testing.T) {
	d, v := shared(t, kind)
	out := d.must(t, "deploy", key, "TODO_INGRESS=gateway")
	assert.Contains(t, out, "Traefik serves the Gateway API")
	assert.Empty(t, d.kubectl(t, "get", "ingresses", "-o", "name"))
	assert.Equal(t, host+" True True", d.kubectl(t, "get", "httproute", "todo-app", "-o",
		`jsonpath={.spec.hostnames[*]} {.status.parents[*].conditions[?(@.type=="Accepted")].status} `+
			`{.status.parents[*].conditions[?(@.type=="ResolvedRefs")].status}`))
	v.sees(t, "survive everything")
	v.answers(t, "/api/version")
	stranger := d.visitor(t)
	stranger.url = strings.Replace(stranger.url, host, "another.local", 1)
	for _, path := range []string{"/", "/api/version"} {
		status, _, err := stranger.request(http.MethodGet, path, "")
		require.NoError(t, err)
		assert.Equal(t, http.StatusNotFound, status, "%s of a host that the route does not name", path)
	}
	assert.Contains(t, d.must(t, "deploy", key, "TODO_INGRESS=gateway"), "unchanged (revision ")

	t.Run("with a certificate", d.servedByTLS)

	d.must(t, "deploy", key)
	assert.Empty(t, d.kubectl(t, "get", "httproutes", "-o", "name"))
	v.sees(t, "survive everything")
}

// secureGateway serves HTTPS beside the project's own Gateway, by the same Traefik.
const secureGateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: secure}
spec:
  gatewayClassName: ingress-traefik
  listeners:
    - {name: https, protocol: HTTPS, port: 8443, tls: {certificateRefs: [{name: route-tls}]}}
`

// servedByTLS installs the chart beside the deployment with an Ingress that has a certificate, and with an HTTPRoute of
// a Gateway that has another. Only who trusts their issuer gets an answer.
func (d *deployment) servedByTLS(t *testing.T) {
	beside, issuer := d.restricted(t, "tls"), newAuthority(t)
	beside.certificateSecret(t, "ingress-tls", issuer, "ingress.example.com")
	beside.certificateSecret(t, "route-tls", issuer, "route.example.com")
	gateway := filepath.Join(t.TempDir(), "gateway.yaml")
	require.NoError(t, os.WriteFile(gateway, []byte(secureGateway), 0o600))
	beside.kubectl(t, "apply", "--filename", gateway)
	beside.helm(t, append([]string{"install", "todo-app", "deploy/helm/todo-app", "--wait", "--timeout", "5m",
		"--set", "ingress.host=ingress.example.com,ingress.tls.enabled=true,ingress.tls.secretName=ingress-tls",
		"--set", "httpRoute.enabled=true,httpRoute.host=route.example.com,httpRoute.parentRefs[0].name=secure",
	}, d.tags(t)...)...)
	for _, name := range []string{"ingress.example.com", "route.example.com"} {
		v := issuer.visitor(t, d.ip(t, d.node), name)
		v.answers(t, "/api/version")
		v.add(t, "made by TLS")
		v.sees(t, "made by TLS")
		_, _, err := newAuthority(t).visitor(t, d.ip(t, d.node), name).request(http.MethodGet, "/", "")
		var refused x509.UnknownAuthorityError
		assert.ErrorAs(t, err, &refused, "who trusts another issuer")
	}
}

// answers waits until the API answers a path, which a controller learns of a moment after the cluster.
func (v *visitor) answers(t *testing.T, path string) {
	t.Helper()
	var last string
	wait.Until(t, v.url+path+" to answer", func() bool {
		status, body, err := v.request(http.MethodGet, path, "")
		last = fmt.Sprintf("last answer: %d %v %.200s", status, err, body)
		return err == nil && status == http.StatusOK
	}, func() string { return last })
}

// authority is a certificate with its key, by which others are issued.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newAuthority is one that nobody trusts yet.
func newAuthority(t *testing.T) authority {
	t.Helper()
	return authority{}.signs(t, &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		Subject: pkix.Name{CommonName: "the test's authority"}, KeyUsage: x509.KeyUsageCertSign})
}

// signs makes a key and a certificate for it that is good for a day. One that is not there yet signs its own.
func (a authority) signs(t *testing.T, template *x509.Certificate) authority {
	t.Helper()
	template.NotAfter = time.Now().Add(24 * time.Hour)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	if a.key == nil {
		a = authority{template, key}
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(signed)
	require.NoError(t, err)
	return authority{certificate, key}
}

// issue writes a certificate for a host, and its key, into files.
func (a authority) issue(t *testing.T, host, certificate, key string) {
	t.Helper()
	issued := a.signs(t, &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{host},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	issued.write(t, certificate)
	encoded, err := x509.MarshalPKCS8PrivateKey(issued.key)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
	require.NoError(t, os.WriteFile(key, text, 0o600))
}

// write writes the certificate into a file.
func (a authority) write(t *testing.T, file string) {
	t.Helper()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

// certificateSecret makes a Secret with a certificate for a host.
func (d *deployment) certificateSecret(t *testing.T, name string, issuer authority, host string) {
	t.Helper()
	folder := t.TempDir()
	certificate, key := filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key")
	issuer.issue(t, host, certificate, key)
	d.kubectl(t, "create", "secret", "tls", name, "--cert="+certificate, "--key="+key)
}

// visitor is one of a host at an address who trusts what this authority has issued, and nothing else.
func (a authority) visitor(t *testing.T, ip, host string) *visitor {
	t.Helper()
	v, trusted := newVisitor(t, "https://"+host), x509.NewCertPool()
	trusted.AddCert(a.certificate)
	v.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(ip, "443"))
		}}
	return v
}
