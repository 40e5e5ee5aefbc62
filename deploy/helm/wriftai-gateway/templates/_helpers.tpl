{{- define "wriftai-gateway.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride }}
{{- else if contains .Chart.Name .Release.Name -}}
{{ .Release.Name }}
{{- else -}}
{{/* The longest suffix is -operators; names of Services have 63 characters. */}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "wriftai-gateway.sandbox" -}}
{{- .Values.sandbox.fullnameOverride | default (printf "%s-sandbox" (include "wriftai-gateway.fullname" .)) }}
{{- end }}

{{- define "wriftai-gateway.releaseLabels" -}}
app.kubernetes.io/part-of: wriftai-gateway
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The name is also the job in the alerts and the dashboard: it is fixed. */}}
{{- define "wriftai-gateway.labels" -}}
app.kubernetes.io/name: wriftai-gateway
{{ include "wriftai-gateway.releaseLabels" . }}
{{- end }}

{{- define "wriftai-gateway.selector" -}}
app.kubernetes.io/name: wriftai-gateway
app.kubernetes.io/component: gateway
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "wriftai-gateway.sandboxSelector" -}}
app.kubernetes.io/name: wriftai-sandbox
app.kubernetes.io/component: sandbox
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "wriftai-gateway.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}
{{- else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end }}
{{- end }}
{{- end }}

{{/* What proxies that read appProtocol speak to the gRPC port. */}}
{{- define "wriftai-gateway.appProtocol" -}}
{{ ternary "https" "kubernetes.io/h2c" (ne .Values.tls.secretName "") }}
{{- end }}

{{- define "wriftai-gateway.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "wriftai-gateway.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
