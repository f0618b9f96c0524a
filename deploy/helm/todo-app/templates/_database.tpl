{{/* Not empty where the app uses the chart's own Postgres. */}}
{{- define "todo-app.embeddedPostgres" -}}
{{- if and .Values.postgres.enabled (not .Values.secrets.databaseUrl) }}true{{ end }}
{{- end }}

{{/* Not empty where that Postgres runs: also when only pods of the previous revision may still use it. */}}
{{- define "todo-app.runsPostgres" -}}
{{- if or .Values.postgres.standby (include "todo-app.embeddedPostgres" .) }}true{{ end }}
{{- end }}

{{/* The name of the embedded Postgres' StatefulSet, Service and Secret. */}}
{{- define "todo-app.postgresName" -}}
{{ include "todo-app.fullname" . }}-postgres
{{- end }}

{{/* The keys of the chart's own Secret, as JSON: only what was given, so that nothing empty reaches the app. */}}
{{- define "todo-app.inlineSecrets" -}}
{{- $given := dict }}
{{- range $key, $value := dict
    "DATABASE_URL" .Values.secrets.databaseUrl
    "DIRECT_DATABASE_URL" .Values.secrets.directDatabaseUrl
    "OPENAI_API_KEY" .Values.secrets.openaiApiKey
    "OPENAI_BASE_URL" .Values.secrets.openaiBaseUrl
    "OPENAI_MODEL" .Values.secrets.openaiModel }}
{{- if $value }}{{- $_ := set $given $key $value }}{{- end }}
{{- end }}
{{- if and .Values.secrets.directDatabaseUrl (not .Values.secrets.databaseUrl) }}
{{- fail "\n\nsecrets.directDatabaseUrl is the way past a pooler to the database in secrets.databaseUrl, which is empty: set that too, or neither." }}
{{- end }}
{{- toJson $given }}
{{- end }}

{{/* The name of the Secret that the backend reads: the existing one, or the chart's own. Empty where there is neither. */}}
{{- define "todo-app.secretName" -}}
{{- $inline := include "todo-app.inlineSecrets" . | fromJson }}
{{- if and .Values.secrets.existingSecret $inline }}
{{- fail (printf "\n\nsecrets.existingSecret is %q, so the Secret of that name is used as it is, and %s cannot be added to it: put the keys into that Secret, or leave secrets.existingSecret empty." .Values.secrets.existingSecret (keys $inline | sortAlpha | join ", ")) }}
{{- end }}
{{- if .Values.secrets.existingSecret }}
{{- .Values.secrets.existingSecret }}
{{- else if $inline }}
{{- include "todo-app.fullname" . }}-secrets
{{- end }}
{{- end }}

{{/* The environment of every container that talks to the database. */}}
{{- define "todo-app.databaseEnv" -}}
{{- $secret := include "todo-app.secretName" . -}}
{{- if include "todo-app.embeddedPostgres" . -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ include "todo-app.postgresName" . }}, key: DATABASE_URL}
{{- else if or .Values.secrets.existingSecret .Values.secrets.databaseUrl -}}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ $secret }}, key: DATABASE_URL}
- name: DIRECT_DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ $secret }}, key: DIRECT_DATABASE_URL, optional: true}
{{- else }}
{{- fail "\n\nThere is no database: postgres.enabled is false and no URL is given. Set postgres.enabled=true, or name a Secret with the key DATABASE_URL in secrets.existingSecret, or set secrets.databaseUrl." }}
{{- end }}
{{- end }}

{{/* Pod annotations that restart the backend when its Secret changes. */}}
{{- define "todo-app.secretAnnotations" -}}
{{- $inline := include "todo-app.inlineSecrets" . }}
{{- if .Values.secrets.existingSecretRevision -}}
todo-app/secret-revision: {{ .Values.secrets.existingSecretRevision | quote }}
{{- else if ne $inline "{}" -}}
{{- /* A plain hash would let anyone who may read pods try out passwords; this one is made slow by scrypt. */ -}}
todo-app/secret-revision: {{ derivePassword 1 "long" $inline .Release.Name .Release.Namespace | sha256sum | trunc 16 | quote }}
{{- end }}
{{- end }}
