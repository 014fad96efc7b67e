#!/bin/sh
# Makes the certificates of this folder anew (a hundred years): a CA, a server, and a client with an awkward name.
set -eu
cd "$(dirname "$0")"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -keyout ca.key -out ca.pem \
  -subj "/C=DE/O=Moonshift, Inc./O=Second \\+ Org/CN=Test <CA>"
sign() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.csr" -utf8 -subj "$2"
  printf '%s\n' "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "$4" -days 36500 -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}
sign server "/CN=server.example" "subjectAltName=DNS:server.example,URI:spiffe://server" 0x01
sign client "/C=DE/ST=Bayern/L=$(printf 'M\303\274nchen')/O=First/OU=#unit /O=Second, Org/CN=cli\\+ent/emailAddress=a@b.example" \
  "subjectAltName=URI:spiffe://client/a,DNS:one.example,URI:spiffe://client/b,DNS:two.example
extendedKeyUsage=clientAuth" 0x00ff10a0b0c0d0e0f0112233
rm ca.key
