{{/* The gateway's variables. The ports are fixed: only Services name them. */}}
{{- define "wriftai-gateway.settings" -}}
GATEWAY_LISTEN_ADDRESS: 0.0.0.0:50051
GATEWAY_HEALTH_ADDRESS: 0.0.0.0:50052
GATEWAY_HTTP_ADDRESS: 0.0.0.0:20051
GATEWAY_DRAIN_TIMEOUT: {{ .Values.drainTimeoutSeconds }}s
{{- if .Values.sandbox.enabled }}
WRIFTAI_API_BASE_URL: http://{{ include "wriftai-gateway.sandbox" . }}:8080/v1
{{- else if .Values.api.baseUrl }}
WRIFTAI_API_BASE_URL: {{ .Values.api.baseUrl | quote }}
{{- end }}
{{- if .Values.api.caSecretName }}
GATEWAY_API_CA_FILE: /run/secrets/wriftai/api/ca.crt
{{- end }}
{{- if .Values.token.secretName }}
GATEWAY_ACCESS_TOKEN_FILE: /run/secrets/wriftai/token/{{ .Values.token.key }}
{{- if not (hasKey .Values.flags "budget_share") }}
{{/* Replicas that act as one share one budget. */ -}}
GATEWAY_BUDGET_SHARE: {{ .Values.cluster.enabled | ternary "1" (include "wriftai-gateway.budgetShare" .) | quote }}
{{- end }}
{{- else if .Values.sandbox.enabled }}
{{/* The sandbox accepts any token, so callers need none. */ -}}
WRIFTAI_ACCESS_TOKEN: sandbox
{{- end }}
{{- with .Values.tls }}
{{- if .secretName }}
GATEWAY_TLS_CERT_FILE: /run/secrets/wriftai/tls/tls.crt
GATEWAY_TLS_KEY_FILE: /run/secrets/wriftai/tls/tls.key
{{- if .requireClientCertificates }}
GATEWAY_TLS_CLIENT_CA_FILE: /run/secrets/wriftai/tls/ca.crt
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.webhooks }}
{{- if .enabled }}
GATEWAY_WEBHOOK_ADDRESS: 0.0.0.0:8080
GATEWAY_WEBHOOK_PUBLIC_URL: https://{{ .host }}/webhooks/wriftai
GATEWAY_WEBHOOK_SECRET_FILE: /run/secrets/wriftai/webhook/keys
{{- end }}
{{- end }}
{{- if .Values.cluster.enabled }}
{{ include "wriftai-gateway.clusterSettings" . }}
{{- end }}
{{- range $name, $value := .Values.flags }}
GATEWAY_{{ upper $name }}: {{ include "wriftai-gateway.flag" $value | quote }}
{{- end }}
{{- end }}

{{/* Rounded down, so that the shares do not exceed the limit. */}}
{{- define "wriftai-gateway.budgetShare" -}}
{{- $replicas := .Values.replicas }}
{{- if .Values.autoscaling.enabled }}{{ $replicas = .Values.autoscaling.minReplicas }}{{ end }}
{{- divf (floor (divf 100 (add1 $replicas))) 100 }}
{{- end }}

{{/* Values from files are floats: 16777216 would become 1.6777216e+07. */}}
{{- define "wriftai-gateway.flag" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ int64 . }}{{ else }}{{ . }}{{ end }}
{{- end }}

{{/* The Secrets: the gateway reloads each file when it changes. */}}
{{- define "wriftai-gateway.mounts" -}}
{{- $mounts := list }}
{{- if .Values.cluster.enabled }}
{{- $mounts = append $mounts (list "etcd" (include "wriftai-gateway.etcdClientSecret" .)) }}
{{- $mounts = append $mounts (list "peers" (include "wriftai-gateway.peersSecret" .)) }}
{{- end }}
{{- with .Values.api.caSecretName }}{{ $mounts = append $mounts (list "api" .) }}{{ end }}
{{- with .Values.token.secretName }}{{ $mounts = append $mounts (list "token" .) }}{{ end }}
{{- with .Values.tls.secretName }}{{ $mounts = append $mounts (list "tls" .) }}{{ end }}
{{- if .Values.webhooks.enabled }}{{ $mounts = append $mounts (list "webhook" .Values.webhooks.secretName) }}{{ end }}
{{- toJson $mounts }}
{{- end }}
