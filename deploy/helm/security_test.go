package chart_test

import (
	"encoding/base64"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryPodMeetsTheRestrictedStandard(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		for name, p := range all.pods(t) {
			assert.True(t, p.Spec.SecurityContext.RunAsNonRoot, name)
			assert.NotZero(t, p.Spec.SecurityContext.RunAsUser, name)
			assert.Equal(t, "RuntimeDefault", p.Spec.SecurityContext.SeccompProfile.Type, name)
			assert.False(t, p.Spec.HostNetwork || p.Spec.HostPID || p.Spec.HostIPC, name)
			for _, volume := range p.Spec.Volumes {
				assert.Contains(t, volume, "emptyDir", "%s: volume %v", name, volume["name"])
			}
			for _, c := range p.containers() {
				where := name + "/" + c.Name
				if escalation := c.SecurityContext.AllowPrivilegeEscalation; assert.NotNil(t, escalation, where) {
					assert.False(t, *escalation, where)
				}
				assert.False(t, c.SecurityContext.Privileged, where)
				assert.Equal(t, []string{"ALL"}, c.SecurityContext.Capabilities.Drop, where)
				assert.Empty(t, c.SecurityContext.Capabilities.Add, where)
				for _, port := range c.Ports {
					assert.Zero(t, port.HostPort, where)
				}
			}
		}
	})
}

func TestEveryPodIsTighterThanRestricted(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		for name, p := range all.pods(t) {
			if token := p.Spec.AutomountServiceAccountToken; assert.NotNil(t, token, name) {
				assert.False(t, *token, "%s has a service account token", name)
			}
			if links := p.Spec.EnableServiceLinks; assert.NotNil(t, links, name) {
				assert.False(t, *links, "%s gets a variable for every Service of the namespace", name)
			}
			assert.NotNil(t, all.find("ServiceAccount", p.Spec.ServiceAccountName), name)
			for _, c := range p.containers() {
				where := name + "/" + c.Name
				assert.True(t, c.SecurityContext.ReadOnlyRootFilesystem, where)
				for _, resource := range []string{"cpu", "memory", "ephemeral-storage"} {
					assert.Contains(t, c.Resources.Requests, resource, where)
					assert.Contains(t, c.Resources.Limits, resource, where)
				}
			}
		}
	})
}

func TestSecretValuesAreInSecretsOnly(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"databaseUrl":       "postgresql://user:hunter2@db.example/todo",
		"directDatabaseUrl": "postgresql://user:hunter3@db.example/todo",
		"openaiApiKey":      "sk-hunter4",
		"openaiBaseUrl":     "https://hunter5.example/v1",
		"openaiModel":       "hunter6",
	}
	var args []string
	for key, value := range values {
		args = append(args, "--set-string=secrets."+key+"="+value)
	}
	all := render(t, args...)
	secret := all.get(t, "Secret", "todo-app-secrets")
	assert.Len(t, secret.Data, len(values))
	for key, value := range values {
		encoded := base64.StdEncoding.EncodeToString([]byte(value))
		assert.Contains(t, secret.text, encoded, key)
		for _, m := range all {
			assert.NotContains(t, m.text, value, "%s in %s %s", key, m.Kind, m.Metadata.Name)
			if m.Kind != "Secret" {
				assert.NotContains(t, m.text, encoded, "%s in %s %s", key, m.Kind, m.Metadata.Name)
			}
		}
	}
}

func TestTheGeneratedPasswordIsInItsSecretOnly(t *testing.T) {
	t.Parallel()
	all := render(t)
	secret := all.get(t, "Secret", "todo-app-postgres")
	password, err := base64.StdEncoding.DecodeString(secret.Data["POSTGRES_PASSWORD"])
	require.NoError(t, err)
	url, err := base64.StdEncoding.DecodeString(secret.Data["DATABASE_URL"])
	require.NoError(t, err)

	assert.Regexp(t, regexp.MustCompile(`^[A-Za-z0-9]{32}$`), string(password))
	assert.Equal(t, "postgresql://todo:"+string(password)+"@todo-app-postgres:5432/todo", string(url))
	assert.Equal(t, "keep", secret.Metadata.Annotations["helm.sh/resource-policy"])
	for _, m := range all {
		assert.NotContains(t, m.text, string(password), "%s %s", m.Kind, m.Metadata.Name)
	}
	again, _, err := template(t)
	require.NoError(t, err)
	assert.NotEqual(t, secret.Data, parse(t, again).get(t, "Secret", "todo-app-postgres").Data,
		"two releases share a password")
}

func TestTheFrontendAndItsPodsKnowNoSecret(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		for name, p := range all.pods(t) {
			if !strings.HasSuffix(name, "-frontend") {
				continue
			}
			for _, c := range p.containers() {
				for _, v := range c.Env {
					assert.Nil(t, v.ValueFrom.SecretKeyRef, "%s/%s: %s", name, c.Name, v.Name)
				}
			}
		}
	})
}

func TestNoResourceNamesItsNamespace(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		for _, m := range all {
			assert.Empty(t, m.Metadata.Namespace, "%s %s", m.Kind, m.Metadata.Name)
		}
	})
}
