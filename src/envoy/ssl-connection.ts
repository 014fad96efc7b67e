import { approximate, exact, type Fidelity, impossible, methodsOf, type ParameterType, type Row } from "./method.js";

/** First Envoy with `connection.peer_certificate`, the certificate itself, which the module takes apart. */
const HAS_CERTIFICATE = "1.38";

const KEEP_IN_LUA =
  "keep this filter in Lua, or forward the certificate's details as x-forwarded-client-cert and read that header";

type Type = Extract<ParameterType, "string" | "boolean" | "number" | "table">;

function attribute(name: string, type: Type, path: string, fidelity: Fidelity = exact, since = "1.16"): Row {
  return {
    name,
    results: [{ type }],
    since,
    fidelity,
    hostCalls: ["proxy_get_property", `property:connection.${path}`],
    cost: "hostBuffer",
  };
}

/** Read from the certificate by the module's own X.509 reader. */
function fromCertificate(name: string, type: Type, deviation: string, since = "1.16"): Row {
  return { ...attribute(name, type, "peer_certificate", approximate(deviation), since), minimumEnvoy: HAS_CERTIFICATE };
}

function unknown(name: string, type: Type, what: string, since = "1.16"): Row {
  return { name, results: [{ type }], since, fidelity: impossible(`no property tells ${what}`, KEEP_IN_LUA) };
}

const OWN_READER =
  "read from the certificate by the module: needs Envoy 1.38, before that as for a connection without a certificate";
const FIRST_ONLY = approximate(
  "the first name only",
  "give the certificate one name, or compare with `contains` semantics in mind",
);

export const sslConnectionMethods = methodsOf("SslConnection", [
  attribute("peerCertificatePresented", "boolean", "mtls"),
  {
    ...attribute(
      "peerCertificateValidated",
      "boolean",
      "peer_certificate_valid",
      approximate("always false before Envoy 1.39, which has the first property for it"),
    ),
    minimumEnvoy: "1.39",
  },
  attribute("uriSanLocalCertificate", "table", "uri_san_local_certificate", FIRST_ONLY),
  attribute("dnsSansLocalCertificate", "table", "dns_san_local_certificate", FIRST_ONLY, "1.18"),
  fromCertificate("uriSanPeerCertificate", "table", `${OWN_READER}, all names but the first are missing`),
  fromCertificate("dnsSansPeerCertificate", "table", `${OWN_READER}, all names but the first are missing`),
  attribute("subjectPeerCertificate", "string", "subject_peer_certificate"),
  attribute("subjectLocalCertificate", "string", "subject_local_certificate"),
  attribute("sha256PeerCertificateDigest", "string", "sha256_peer_certificate_digest"),
  fromCertificate("serialNumberPeerCertificate", "string", OWN_READER),
  fromCertificate(
    "issuerPeerCertificate",
    "string",
    `${OWN_READER}; attribute types other than the common ones are written as their OIDs`,
  ),
  {
    name: "parsedSubjectPeerCertificate",
    results: [{ type: "ParsedName", absent: 1 }],
    since: "1.33",
    fidelity: approximate(
      "parsed from the subject's text (RFC 2253); a peer certificate with an empty subject counts as none",
    ),
    hostCalls: ["proxy_get_property", "property:connection.subject_peer_certificate"],
    cost: "hostBuffer",
  },
  fromCertificate("oidsPeerCertificate", "table", OWN_READER, "1.32"),
  fromCertificate("validFromPeerCertificate", "number", OWN_READER),
  fromCertificate("expirationPeerCertificate", "number", OWN_READER),
  fromCertificate("urlEncodedPemEncodedPeerCertificate", "string", OWN_READER),
  attribute("tlsVersion", "string", "tls_version"),
  unknown("sha256PeerCertificateIssuerDigest", "string", "the digest of the issuer's certificate", "1.38"),
  unknown("serialNumberPeerCertificateIssuer", "string", "the serial number of the issuer's certificate", "1.38"),
  unknown("oidsLocalCertificate", "table", "the OIDs of the local certificate", "1.32"),
  unknown("sessionId", "string", "the TLS session"),
  unknown("ciphersuiteId", "string", "the cipher suite"),
  unknown("ciphersuiteString", "string", "the cipher suite"),
  unknown("urlEncodedPemEncodedPeerCertificateChain", "string", "the certificate chain"),
]);
