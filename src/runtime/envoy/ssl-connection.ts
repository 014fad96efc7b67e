import { Builder } from "../builder";
import { property } from "../host";
import { EMPTY, Str } from "../str";
import { Table } from "../table";
import { string } from "../value";
import { alternativeNames, DNS_NAME, dotted, expiration, extensions, issuer, serialNumber, URI, validFrom } from "./certificate";
import { printName } from "./distinguished-name";
import { EnvoyObject, mortal, PARSED_NAME, SSL_CONNECTION } from "./object";
import { ParsedName } from "./parsed-name";

const TLS_VERSION = Str.of("connection\0tls_version");
const MTLS = Str.of("connection\0mtls");
const VALIDATED = Str.of("connection\0peer_certificate_valid");
const URI_SAN_LOCAL = Str.of("connection\0uri_san_local_certificate");
const DNS_SAN_LOCAL = Str.of("connection\0dns_san_local_certificate");
const URI_SAN_PEER = Str.of("connection\0uri_san_peer_certificate");
const DNS_SAN_PEER = Str.of("connection\0dns_san_peer_certificate");
const SUBJECT_PEER = Str.of("connection\0subject_peer_certificate");
const SUBJECT_LOCAL = Str.of("connection\0subject_local_certificate");
const DIGEST = Str.of("connection\0sha256_peer_certificate_digest");
const CERTIFICATE = Str.of("connection\0peer_certificate");

/** Null on plain text. */
export function sslConnection(): SslConnection | null {
  return property(TLS_VERSION) ? mortal<SslConnection>(SSL_CONNECTION) : null;
}

/** The TLS of the downstream connection. Before Envoy 1.38 the certificate itself cannot be read: as if there were none. */
// @ts-ignore: decorator
@unmanaged
export class SslConnection extends EnvoyObject {
  peerCertificatePresented(line: i32 = 0): bool {
    return this.isTrue(MTLS, line);
  }

  peerCertificateValidated(line: i32 = 0): bool {
    return this.isTrue(VALIDATED, line);
  }

  uriSanLocalCertificate(line: i32 = 0): Table {
    return this.first(URI_SAN_LOCAL, line);
  }

  dnsSansLocalCertificate(line: i32 = 0): Table {
    return this.first(DNS_SAN_LOCAL, line);
  }

  uriSanPeerCertificate(line: i32 = 0): Table {
    return this.names(URI, URI_SAN_PEER, line);
  }

  dnsSansPeerCertificate(line: i32 = 0): Table {
    return this.names(DNS_NAME, DNS_SAN_PEER, line);
  }

  subjectPeerCertificate(line: i32 = 0): Str {
    return this.read(SUBJECT_PEER, line);
  }

  subjectLocalCertificate(line: i32 = 0): Str {
    return this.read(SUBJECT_LOCAL, line);
  }

  sha256PeerCertificateDigest(line: i32 = 0): Str {
    return this.read(DIGEST, line);
  }

  serialNumberPeerCertificate(line: i32 = 0): Str {
    const pem = this.read(CERTIFICATE, line);
    return pem.byteLength ? serialNumber(pem) : EMPTY;
  }

  issuerPeerCertificate(line: i32 = 0): Str {
    const pem = this.read(CERTIFICATE, line);
    return pem.byteLength ? printName(issuer(pem)) : EMPTY;
  }

  /** Null without a peer certificate. */
  parsedSubjectPeerCertificate(line: i32 = 0): ParsedName | null {
    return this.read(SUBJECT_PEER, line).byteLength ? mortal<ParsedName>(PARSED_NAME) : null;
  }

  oidsPeerCertificate(line: i32 = 0): Table {
    const pem = this.read(CERTIFICATE, line),
      list = Table.create(4, 0);
    if (!pem.byteLength) return list;
    for (const extension = extensions(pem); extension.next(); ) {
      const parts = extension.contents;
      parts.next();
      list.append(string(dotted(parts)));
    }
    return list;
  }

  /** Seconds since 1970, 0 without a certificate. */
  validFromPeerCertificate(line: i32 = 0): f64 {
    const pem = this.read(CERTIFICATE, line);
    return pem.byteLength ? validFrom(pem) : 0;
  }

  /** Seconds since 1970, 0 without a certificate. */
  expirationPeerCertificate(line: i32 = 0): f64 {
    const pem = this.read(CERTIFICATE, line);
    return pem.byteLength ? expiration(pem) : 0;
  }

  urlEncodedPemEncodedPeerCertificate(line: i32 = 0): Str {
    return urlEncoded(this.read(CERTIFICATE, line));
  }

  tlsVersion(line: i32 = 0): Str {
    return this.read(TLS_VERSION, line);
  }

  private read(path: Str, line: i32): Str {
    this.checkAlive(line);
    return property(path) || EMPTY;
  }

  private isTrue(path: Str, line: i32): bool {
    const value = this.read(path, line);
    return value.byteLength > 0 && value.at(0) != 0;
  }

  /** The host tells the first name only. */
  private first(path: Str, line: i32): Table {
    this.checkAlive(line);
    const list = Table.create(1, 0),
      name = property(path);
    if (name) list.append(string(name));
    return list;
  }

  private names(tag: u32, path: Str, line: i32): Table {
    const pem = this.read(CERTIFICATE, line);
    if (!pem.byteLength) return this.first(path, line);
    const list = Table.create(2, 0);
    for (const name = alternativeNames(pem); name.next(); ) if (name.tag == tag) list.append(string(name.text));
    return list;
  }
}

/** As Envoy escapes a certificate in a header: line breaks, spaces, and what base64 has beyond letters and digits. */
function urlEncoded(pem: Str): Str {
  const to = Builder.create((pem.byteLength * 5) >>> 2);
  for (let i: u32 = 0; i < pem.byteLength; i++) {
    const c = pem.at(i);
    if (c == 10 || c == 32 || c == 43 || c == 47 || c == 61) {
      to.addByte(37);
      to.addByte(c < 16 ? 48 : 48 + (c >>> 4));
      to.addByte((c & 15) < 10 ? 48 + (c & 15) : 55 + (c & 15));
    } else to.addByte(c);
  }
  return to.finish();
}
