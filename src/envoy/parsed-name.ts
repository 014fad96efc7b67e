import { approximate, methodsOf } from "./method.js";

const FROM_TEXT = approximate("taken from the subject's text (RFC 2253), not from the certificate");

export const parsedNameMethods = methodsOf("ParsedName", [
  { name: "commonName", results: [{ type: "string" }], since: "1.33", fidelity: FROM_TEXT },
  { name: "organizationName", results: [{ type: "table" }], since: "1.33", fidelity: FROM_TEXT },
]);
