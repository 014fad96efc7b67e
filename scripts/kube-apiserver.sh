#!/usr/bin/env bash
# kube-apiserver.sh FOLDER: builds kube-apiserver from the Go module proxy, for test/cluster. Needs Go 1.24 or later.
set -euo pipefail
version=1.33.13
folder=$(mkdir -p "${1:?usage: kube-apiserver.sh FOLDER}" && cd "$1" && pwd)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
cd "$build"

# Kubernetes' own go.mod asks for v0.0.0 of its parts, which stand beside it in its repository; here they come from the proxy, too.
proxy=$(go env GOPROXY | cut -d, -f1)
parts=$(curl -sf "$proxy/k8s.io/kubernetes/@v/v$version.mod" | grep -oE 'k8s\.io/[a-z-]+ v0\.0\.0$' | cut -d' ' -f1)
{
  printf 'module kube-apiserver-build\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$version"
  for part in $parts; do printf '\t%s => %s v0.%s\n' "$part" "$part" "${version#1.}"; done
  printf ')\n'
} >go.mod
printf 'package main\n\nimport _ "k8s.io/kubernetes/cmd/kube-apiserver/app"\n\nfunc main() {}\n' >main.go
go mod tidy

names=k8s.io/component-base/version
CGO_ENABLED=0 go build -trimpath -o "$folder/kube-apiserver" \
  -ldflags "-s -w -X $names.gitVersion=v$version -X $names.gitMajor=1 -X $names.gitMinor=33" k8s.io/kubernetes/cmd/kube-apiserver
"$folder/kube-apiserver" --version
