{{- define "fairlead.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of everything; short enough for the longest suffix. */}}
{{- define "fairlead.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains (include "fairlead.name" .) .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "fairlead.name" .) | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "fairlead.selectorLabels" -}}
app.kubernetes.io/name: {{ include "fairlead.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fairlead.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "fairlead.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: router
app.kubernetes.io/part-of: fairlead
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "fairlead.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "fairlead.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "\n\nserviceAccount.name: missing (expected: the service account to use, as serviceAccount.create is false)\n" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "fairlead.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{/* The Secret with the certificate for callers. */}}
{{- define "fairlead.tlsSecret" -}}
{{- $settings := include "fairlead.settings" . | fromYaml -}}
{{- ternary (printf "%s-tls" (include "fairlead.fullname" .)) $settings.sslSecret (not (empty $settings.certificate)) -}}
{{- end -}}

{{- define "fairlead.replicas" -}}
{{- $settings := include "fairlead.settings" . | fromYaml -}}
{{- ternary (int .Values.haReplicas) 1 $settings.ha -}}
{{- end -}}

{{/* Whether routers talk to each other: true or nothing. */}}
{{- define "fairlead.hasPeers" -}}
{{- $settings := include "fairlead.settings" . | fromYaml -}}
{{- if and $settings.ha .Values.peers.enabled }}true{{ end -}}
{{- end -}}

{{- define "fairlead.peerSecret" -}}
{{- if eq .Values.peers.certificate.source "secret" -}}
{{- required "\n\npeers.certificate.secretName: missing (expected: a Secret with ca.crt, tls.crt and tls.key, as peers.certificate.source is secret)\n" .Values.peers.certificate.secretName -}}
{{- else -}}
{{- printf "%s-peers" (include "fairlead.fullname" .) -}}
{{- end -}}
{{- end -}}

{{/* The name that the certificates of all routers carry. */}}
{{- define "fairlead.peerName" -}}
{{- printf "%s-peers.%s.svc" (include "fairlead.fullname" .) .Release.Namespace -}}
{{- end -}}

{{/* Ends with a sentence where a key of config is the chart's business. */}}
{{- define "fairlead.checkConfig" -}}
{{- $instead := dict
  "drainDelaySeconds" "drainDelaySeconds of the chart, which knows how long a pod has to end"
  "drainSeconds" "drainSeconds of the chart, which knows how long a pod has to end"
  "http" "allowInsecureConnections" "https" "sslSecret, or sslCertPemFile and sslKeyPemFile"
  "admin" "no admin: it listens on port 9090" "tlsCert" "sslSecret or sslCertPemFile" "tlsKey" "sslSecret or sslKeyPemFile"
  "tlsSecret" "sslSecret" "publicBaseUrl" "sslCname, or publicBaseUrl of an endpoint" "routerService" "no routerService: it is the chart's own" "kubernetes" "no kubernetes: it is always on" "kubeconfig" "no kubeconfig: the service account is used"
  "namespace" "watchNamespaces" "manifests" "no manifests: resources come from the cluster" "config" "the keys themselves"
  "peer" "peers" "peers" "peers of the chart" "peerCert" "peers.certificate" "peerKey" "peers.certificate" "peerCa" "peers.certificate"
  "leaseFile" "no leaseFile: a Lease of the cluster is used" "leaseName" "no leaseName: it is the name of the release" -}}
{{- range $key, $_ := .Values.config -}}
  {{- if hasKey $instead $key -}}
    {{- fail (printf "\n\nconfig.%s: set by the chart (expected: %s)\n" $key (get $instead $key)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* The router's configuration file. */}}
{{- define "fairlead.config" -}}
{{- include "fairlead.checkConfig" . -}}
{{- $config := dict "logFormat" "json" -}}
{{- $config = merge (deepCopy .Values.config) $config -}}
{{- $_ := set $config "drainDelaySeconds" (int .Values.drainDelaySeconds) -}}
{{- $_ = set $config "drainSeconds" (int .Values.drainSeconds) -}}
{{- range $key, $value := $config }}
{{ $key }}: {{ toJson $value }}{{/* not toYaml, which writes 104857600 as 1.048576e+08 */}}
{{- end }}
{{- end -}}

{{/* Whether the objects of the Prometheus operator are installed: true or nothing. */}}
{{- define "fairlead.hasPrometheus" -}}
{{- $settings := include "fairlead.settings" . | fromYaml -}}
{{- if and $settings.prometheus (or .Values.monitoring.assumeCrds (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}true{{ end -}}
{{- end -}}

{{/* The options that name the certificate for callers. */}}
{{- define "fairlead.tlsArgs" -}}
{{- $settings := include "fairlead.settings" . | fromYaml -}}
- --https={{ .Values.listenAddress }}:8443
- --tls-secret={{ .Release.Namespace }}/{{ include "fairlead.tlsSecret" . }}
- --public-base-url=https://{{ $settings.cname }}{{ if ne (int .Values.service.httpsPort) 443 }}:{{ int .Values.service.httpsPort }}{{ end }}
{{- end -}}

{{/* The options of routers that talk to each other. */}}
{{- define "fairlead.peerArgs" -}}
- --peer=$(POD_IP)
- --peers={{ include "fairlead.peerName" . }}:9001
- --peer-cert=/etc/fairlead/peer/tls.crt
- --peer-key=/etc/fairlead/peer/tls.key
- --peer-ca=/etc/fairlead/peer/ca.crt
{{- end -}}
