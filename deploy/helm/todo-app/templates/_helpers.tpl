{{/* Every helper takes the root context, unless it says otherwise. */}}

{{- define "todo-app.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 43 | trimSuffix "-" }}
{{- end }}

{{/* The prefix of resource names. 43 characters, because a StatefulSet named PREFIX-postgres may have 52. */}}
{{- define "todo-app.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 43 | trimSuffix "-" }}
{{- else if contains (include "todo-app.name" .) .Release.Name }}
{{- .Release.Name | trunc 43 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "todo-app.name" .) | trunc 43 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* The labels that never change in a component's life. Takes (list $ "component"). */}}
{{- define "todo-app.selectorLabels" -}}
{{- $root := first . -}}
app.kubernetes.io/name: {{ include "todo-app.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ last . }}
{{- end }}

{{/* All labels of a component's resources. Takes (list $ "component"). */}}
{{- define "todo-app.labels" -}}
{{- $root := first . -}}
{{ include "todo-app.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: todo-app
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The tag of an image. Takes (list $ .Values.COMPONENT.image). */}}
{{- define "todo-app.tag" -}}
{{- default (first .).Chart.AppVersion (last .).tag }}
{{- end }}

{{/* What every pod of the release has in common. Takes (list $ .Values.COMPONENT UID). */}}
{{- define "todo-app.podDefaults" -}}
{{- $root := first . -}}
{{- $values := index . 1 -}}
serviceAccountName: {{ include "todo-app.fullname" $root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ last . }}
  runAsGroup: {{ last . }}
  fsGroup: {{ last . }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with $values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- $several := or (gt (int $values.replicas) 1) (dig "autoscaling" "enabled" false $values) }}
{{- if or $values.tolerations $several }}
tolerations:
  {{- with $values.tolerations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if $several }}
  # With a pod left elsewhere, one whose node is lost is replaced at once, not after Kubernetes' 5 minutes.
  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10}
  {{- end }}
{{- end }}
{{- with $values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every container of the release has in common. The end of a failed program's log stays in the pod's status, where it
outlives the log. Takes (list $ .Values.COMPONENT.image). */}}
{{- define "todo-app.containerDefaults" -}}
image: {{ printf "%s:%s" (last .).repository (include "todo-app.tag" .) | quote }}
imagePullPolicy: {{ (last .).pullPolicy }}
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Spreads a component's pods over nodes, where there are several. Takes (list $ "component"). */}}
{{- define "todo-app.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "todo-app.selectorLabels" . | nindent 8 }}
    # Only pods of the same revision count, so that a rolling upgrade ends up as evenly spread as it began.
    matchLabelKeys: [pod-template-hash]
{{- end }}

{{/* The NetworkPolicy rule for name resolution, wherever the cluster's DNS lives. */}}
{{- define "todo-app.dnsEgress" -}}
- ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- end }}

{{/* The NetworkPolicy rules for what talks to the database: names, the chart's own, and what is outside the release. */}}
{{- define "todo-app.databaseEgress" -}}
{{ include "todo-app.dnsEgress" . }}
{{- if include "todo-app.runsPostgres" . }}
- to:
    - podSelector:
        matchLabels: {{- include "todo-app.selectorLabels" (list . "postgres") | nindent 10 }}
  ports:
    - {port: 5432, protocol: TCP}
{{- end }}
{{- with .Values.networkPolicy.backendEgressPorts }}
- ports:
    {{- range . }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}
{{- end }}
