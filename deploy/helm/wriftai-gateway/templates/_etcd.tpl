{{- define "wriftai-gateway.etcd" -}}
{{ include "wriftai-gateway.fullname" . }}-etcd
{{- end }}

{{- define "wriftai-gateway.etcdLabels" -}}
app.kubernetes.io/name: wriftai-etcd
{{ include "wriftai-gateway.releaseLabels" . }}
{{- end }}

{{- define "wriftai-gateway.etcdSelector" -}}
app.kubernetes.io/name: wriftai-etcd
app.kubernetes.io/component: etcd
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* A CA of its own: (context, name, labels). */}}
{{- define "wriftai-gateway.privateCa" -}}
{{- $context := index . 0 }}
{{- $name := index . 1 }}
{{- $labels := index . 2 }}
apiVersion: cert-manager.io/v1
kind: Issuer
metadata:
  name: {{ $name }}-root
  namespace: {{ $context.Release.Namespace | quote }}
  labels:
    {{- include $labels $context | nindent 4 }}
spec:
  selfSigned: {}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ $name }}-ca
  namespace: {{ $context.Release.Namespace | quote }}
  labels:
    {{- include $labels $context | nindent 4 }}
spec:
  isCA: true
  commonName: {{ $name }}-ca
  secretName: {{ $name }}-ca
  issuerRef:
    group: cert-manager.io
    kind: Issuer
    name: {{ $name }}-root
  privateKey:
    algorithm: ECDSA
    size: 256
  # Ten years: with a new CA, both sides reject each other until all have new
  # certificates.
  duration: 87600h
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata:
  name: {{ $name }}
  namespace: {{ $context.Release.Namespace | quote }}
  labels:
    {{- include $labels $context | nindent 4 }}
spec:
  ca:
    secretName: {{ $name }}-ca
{{- end }}

{{/* The part of a Certificate that all of these have. */}}
{{- define "wriftai-gateway.renewal" -}}
privateKey:
  algorithm: ECDSA
  size: 256
  rotationPolicy: Always
duration: 2160h
renewBefore: 720h
{{- end }}
