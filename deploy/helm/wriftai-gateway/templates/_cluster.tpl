{{/* The Secret with the certificate of the replicas. */}}
{{- define "wriftai-gateway.peersSecret" -}}
{{ .Values.cluster.peersSecretName | default (printf "%s-peers" (include "wriftai-gateway.fullname" .)) }}
{{- end }}

{{/* The Secret with the client certificate for etcd. */}}
{{- define "wriftai-gateway.etcdClientSecret" -}}
{{- if .Values.cluster.etcd.secretName }}{{ .Values.cluster.etcd.secretName }}
{{- else }}{{ include "wriftai-gateway.etcd" . }}-client
{{- end }}
{{- end }}

{{/* The URLs of etcd: yours, or those of `etcd`. */}}
{{- define "wriftai-gateway.etcdEndpoints" -}}
{{- $urls := .Values.cluster.etcd.endpoints }}
{{- if not $urls }}
{{- $name := include "wriftai-gateway.etcd" . }}
{{- range until 3 }}{{ $urls = append $urls (printf "https://%s-%d.%s:2379" $name . $name) }}{{ end }}
{{- end }}
{{- join "," $urls }}
{{- end }}

{{/* The settings of replicas that act as one. */}}
{{- define "wriftai-gateway.clusterSettings" -}}
GATEWAY_ETCD_ENDPOINTS: {{ include "wriftai-gateway.etcdEndpoints" . | quote }}
GATEWAY_ETCD_CA_FILE: /run/secrets/wriftai/etcd/ca.crt
GATEWAY_ETCD_CERT_FILE: /run/secrets/wriftai/etcd/tls.crt
GATEWAY_ETCD_KEY_FILE: /run/secrets/wriftai/etcd/tls.key
{{- if not (hasKey .Values.flags "cluster_name") }}
GATEWAY_CLUSTER_NAME: {{ include "wriftai-gateway.fullname" . }}
{{- end }}
GATEWAY_PEER_ADDRESS: 0.0.0.0:50053
GATEWAY_PEER_CA_FILE: /run/secrets/wriftai/peers/ca.crt
GATEWAY_PEER_CERT_FILE: /run/secrets/wriftai/peers/tls.crt
GATEWAY_PEER_KEY_FILE: /run/secrets/wriftai/peers/tls.key
GATEWAY_PEER_ALLOWED_NAMES: {{ .Values.cluster.peerAllowedNames | default (printf "%s-peers" (include "wriftai-gateway.fullname" .)) | quote }}
{{- end }}

{{/* Where the other replicas reach a pod. */}}
{{- define "wriftai-gateway.advertised" -}}
{{ ternary "[$(POD_IP)]" "$(POD_IP)" (eq .Values.cluster.ipFamily "IPv6") }}
{{- end }}
