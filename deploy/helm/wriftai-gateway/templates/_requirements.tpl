{{/* What values.schema.json cannot say clearly: values that depend on
others. */}}
{{- define "wriftai-gateway.checkRequirements" -}}
{{- with .Values }}
{{- range $name, $_ := .podLabels }}
{{- if hasPrefix "app.kubernetes.io/" $name }}
{{- printf "podLabels: %s is for the selectors: expected another name" $name | fail }}
{{- end }}
{{- end }}
{{- if and (eq (.flags.credentials | default "") "gateway") (not .token.secretName) (not .sandbox.enabled) }}
{{- fail "flags.credentials=gateway requires token.secretName" }}
{{- end }}
{{- if and .flags.tls_allowed_names (not (and .tls.secretName .tls.requireClientCertificates)) }}
{{- fail "flags.tls_allowed_names requires tls.secretName and tls.requireClientCertificates" }}
{{- end }}
{{- if and (hasKey .flags "webhook_poll_interval") (not .webhooks.enabled) }}
{{- fail "flags.webhook_poll_interval requires webhooks.enabled" }}
{{- end }}
{{- if .webhooks.enabled }}
{{- $_ := .webhooks.secretName | required "webhooks.enabled requires webhooks.secretName" }}
{{- $_ := .webhooks.host | required "webhooks.enabled requires webhooks.host" }}
{{- if .webhooks.ingress.enabled }}
{{- $_ := .webhooks.ingress.tlsSecretName | required "webhooks.ingress.enabled requires webhooks.ingress.tlsSecretName" }}
{{- end }}
{{- end }}
{{- if .tls.certificate.enabled }}
{{- $_ := .tls.secretName | required "tls.certificate.enabled requires tls.secretName" }}
{{- $_ := .tls.certificate.issuerRef.name | required "tls.certificate.enabled requires tls.certificate.issuerRef.name" }}
{{- end }}
{{- if .autoscaling.enabled }}
{{- if gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas) }}
{{- fail "autoscaling.minReplicas: expected at most autoscaling.maxReplicas" }}
{{- end }}
{{- if eq .autoscaling.kind "ScaledObject" }}
{{- $_ := .autoscaling.prometheusUrl | required "autoscaling.kind=ScaledObject requires autoscaling.prometheusUrl" }}
{{- end }}
{{- end }}
{{- if and .etcd.enabled (gt (len (include "wriftai-gateway.etcd" $)) 52) }}
{{- fail "etcd.enabled requires a fullnameOverride of at most 47 characters" }}
{{- end }}
{{- with .cluster }}
{{- if .enabled }}
{{- if .etcd.endpoints }}
{{- $_ := .etcd.secretName | required "cluster.etcd.endpoints requires cluster.etcd.secretName" }}
{{- if $.Values.etcd.enabled }}
{{- fail "cluster.etcd.endpoints requires etcd.enabled=false: the replicas use one etcd" }}
{{- end }}
{{- else if .etcd.secretName }}
{{- fail "cluster.etcd.secretName requires cluster.etcd.endpoints" }}
{{- else if not $.Values.etcd.enabled }}
{{- fail "cluster.enabled requires etcd.enabled or cluster.etcd.endpoints" }}
{{- end }}
{{- if not .certificates.enabled }}
{{- $_ := .peersSecretName | required "cluster.certificates.enabled=false requires cluster.peersSecretName" }}
{{- $_ := .peerAllowedNames | required "cluster.certificates.enabled=false requires cluster.peerAllowedNames" }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name := list "cluster_name" "coordination_outage" }}
{{- if and (hasKey $.Values.flags $name) (not $.Values.cluster.enabled) }}
{{- printf "flags.%s requires cluster.enabled" $name | fail }}
{{- end }}
{{- end }}
{{- if .grpcRoute.enabled }}
{{- if not .grpcRoute.parentRefs }}
{{- fail "grpcRoute.enabled requires grpcRoute.parentRefs" }}
{{- end }}
{{- if and .tls.secretName .tls.requireClientCertificates }}
{{- fail "grpcRoute.enabled requires tls.requireClientCertificates=false: a Gateway presents no client certificate" }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
