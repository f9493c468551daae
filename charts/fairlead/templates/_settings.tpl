{{/*
The installation settings of azureml-fe. Helm holds values to values.schema.json before any of this runs, but the
schema cannot take a name in any letter case, say what a wrong combination lacks, or give the names defaults: a
default in values.yaml would be a second spelling beside the one that is given.
*/}}

{{/* Setting by its name in small letters; old spellings name the same setting. */}}
{{- define "fairlead.settingNames" -}}
inferencerouterservicetype: inferenceRouterServiceType
internalloadbalancerprovider: internalLoadBalancerProvider
allowinsecureconnections: allowInsecureConnections
sslsecret: sslSecret
sslcertpemfile: sslCertPemFile
sslkeypemfile: sslKeyPemFile
sslcertkeyfile: sslKeyPemFile
sslcname: sslCname
inferencerouterha: inferenceRouterHA
inferenceloadbalancerha: inferenceRouterHA
nodeselector: nodeSelector
installpromop: installPromOp
{{- end -}}

{{/* The values of this chart's own, which are in values.yaml. */}}
{{- define "fairlead.valueNames" -}}
affinity config drainDelaySeconds drainSeconds extraEnv extraObjects extraVolumeMounts extraVolumes fullnameOverride global
haReplicas image imagePullSecrets instanceTypes listenAddress monitoring nameOverride networkPolicy peers podAnnotations
podDisruptionBudget podLabels priorityClassName rbac resources runAsUser service serviceAccount tests tolerations
topologySpread watchNamespaces
{{- end -}}

{{/* A truth value, which may be a text in any letter case, as true or nothing. */}}
{{- define "fairlead.isTrue" -}}
{{- if eq (lower (toString .)) "true" }}true{{ end -}}
{{- end -}}

{{/* The settings with their names spelled as documented, defaults filled in, checked; as YAML. */}}
{{- define "fairlead.settings" -}}
{{- $names := include "fairlead.settingNames" . | fromYaml -}}
{{- $own := regexSplit "\\s+" (include "fairlead.valueNames" . | trim) -1 -}}
{{- $given := dict -}}
{{- $spelled := dict -}}
{{- range $key, $value := .Values -}}
  {{- $name := get $names (lower $key) -}}
  {{- if $name -}}
    {{- if hasKey $spelled $name -}}
      {{- fail (printf "\n\n%s and %s are the same setting (expected: one of them; take the other out of your values)\n" (get $spelled $name) $key) -}}
    {{- end -}}
    {{- $_ := set $spelled $name $key -}}
    {{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) -}}
      {{- $_ := set $given $name $value -}}
    {{- end -}}
  {{- else if not (has $key $own) -}}
    {{- $meant := "" -}}
    {{- range $word := concat $own (uniq (values $names)) -}}
      {{- if or (hasPrefix (lower $key) (lower $word)) (hasPrefix (lower $word) (lower $key)) -}}
        {{- $meant = ternary $meant $word (eq (lower $meant) (lower $key)) -}}
      {{- end -}}
    {{- end -}}
    {{- $hint := ternary "" (printf "; did you mean %s?" $meant) (empty $meant) -}}
    {{- fail (printf "\n\n%s: unknown setting (expected: one of those that the chart's README.md lists%s)\n" $key $hint) -}}
  {{- end -}}
{{- end -}}
{{- include "fairlead.checkSettings" $given -}}
{{- $tls := or $given.sslSecret $given.sslCertPemFile -}}
{{- $settings := dict
  "serviceType" (get (dict "loadbalancer" "LoadBalancer" "nodeport" "NodePort" "clusterip" "ClusterIP") (lower $given.inferenceRouterServiceType))
  "internalProvider" (lower (default "" $given.internalLoadBalancerProvider))
  "http" (not (empty (include "fairlead.isTrue" (default false $given.allowInsecureConnections))))
  "https" (not (empty $tls))
  "sslSecret" (ternary "" (default "" $given.sslSecret) (not (empty $given.sslCertPemFile)))
  "certificate" (default "" $given.sslCertPemFile)
  "key" (default "" $given.sslKeyPemFile)
  "cname" (default "" $given.sslCname)
  "ha" (not (empty (include "fairlead.isTrue" (ternary (get $given "inferenceRouterHA") true (hasKey $given "inferenceRouterHA")))))
  "nodeSelector" (default dict $given.nodeSelector)
  "prometheus" (not (empty (include "fairlead.isTrue" (ternary (get $given "installPromOp") true (hasKey $given "installPromOp")))))
-}}
{{- toYaml $settings -}}
{{- end -}}

{{/* Ends with a sentence where settings do not go together. Takes them by their documented names. */}}
{{- define "fairlead.checkSettings" -}}
{{- if not .inferenceRouterServiceType -}}
  {{- fail "\n\ninferenceRouterServiceType: missing (expected: how callers reach the router; add --set inferenceRouterServiceType=LoadBalancer, or NodePort or ClusterIP)\n" -}}
{{- end -}}
{{- $type := lower .inferenceRouterServiceType -}}
{{- if and .internalLoadBalancerProvider (ne $type "loadbalancer") -}}
  {{- fail (printf "\n\ninternalLoadBalancerProvider: %s with inferenceRouterServiceType %s (expected: inferenceRouterServiceType=LoadBalancer, or no internalLoadBalancerProvider)\n" .internalLoadBalancerProvider .inferenceRouterServiceType) -}}
{{- end -}}
{{- $secret := default "" .sslSecret -}}
{{- $cert := default "" .sslCertPemFile -}}
{{- $key := default "" .sslKeyPemFile -}}
{{- if and $cert (not $key) -}}
  {{- fail "\n\nsslKeyPemFile: missing beside sslCertPemFile (expected: the certificate's private key; add --set-file sslKeyPemFile=key.pem)\n" -}}
{{- end -}}
{{- if and $key (not $cert) -}}
  {{- fail "\n\nsslCertPemFile: missing beside sslKeyPemFile (expected: the certificate chain; add --set-file sslCertPemFile=cert.pem)\n" -}}
{{- end -}}
{{- if $cert -}}
  {{- if not (contains "-----BEGIN" $cert) -}}
    {{- fail "\n\nsslCertPemFile: not PEM (expected: the content of the file, not its path; use --set-file sslCertPemFile=cert.pem)\n" -}}
  {{- end -}}
  {{- if not (contains "-----BEGIN" $key) -}}
    {{- fail "\n\nsslKeyPemFile: not PEM (expected: the content of the file, not its path; use --set-file sslKeyPemFile=key.pem)\n" -}}
  {{- end -}}
  {{- if not (contains "-----BEGIN CERTIFICATE-----" $cert) -}}
    {{- fail "\n\nsslCertPemFile: no certificate in it (expected: the chain, each certificate between -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----; the key goes into sslKeyPemFile)\n" -}}
  {{- end -}}
  {{- if contains "ENCRYPTED" $key -}}
    {{- fail "\n\nsslKeyPemFile: the key has a passphrase (expected: one without; openssl pkey -in key.pem -out plain.pem removes it)\n" -}}
  {{- end -}}
  {{- if not (regexMatch "-----BEGIN ([A-Z]+ )?PRIVATE KEY-----" $key) -}}
    {{- fail "\n\nsslKeyPemFile: no private key in it (expected: -----BEGIN PRIVATE KEY-----, or the same with RSA or EC; the certificate goes into sslCertPemFile)\n" -}}
  {{- end -}}
{{- end -}}
{{- $insecure := include "fairlead.isTrue" (default false .allowInsecureConnections) -}}
{{- $tls := or $secret $cert -}}
{{- if and (not $insecure) (not $tls) -}}
  {{- fail "\n\nallowInsecureConnections: False without a certificate (expected: sslSecret=NAME, or --set-file sslCertPemFile=cert.pem --set-file sslKeyPemFile=key.pem, with sslCname=HOST; or allowInsecureConnections=True to serve plain HTTP)\n" -}}
{{- end -}}
{{- if and $tls (not .sslCname) -}}
  {{- fail "\n\nsslCname: missing (expected: the host name of the certificate, which callers use; add --set sslCname=models.example.com)\n" -}}
{{- end -}}
{{- if and .sslCname (not $tls) -}}
  {{- fail (printf "\n\nsslCname: %s without a certificate (expected: sslSecret, or sslCertPemFile and sslKeyPemFile; or no sslCname)\n" .sslCname) -}}
{{- end -}}
{{- end -}}
