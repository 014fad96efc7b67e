import type { MethodCall } from "../tracking/facts.js";
import { NIL } from "../tracking/value.js";
import {
  constantArgument,
  effects,
  headerWrites,
  isSelfContained,
  type NativeRule,
  type NativeSubject,
} from "./native-rule.js";
import { metadata, printResource, selector } from "./print-resource.js";

const NAMESPACE = "envoy.filters.http.jwt_authn";

/** Claims that Envoy's JWT filter verified are copied to request headers, and that is all. */
export const jwtClaims: NativeRule = (subject) => {
  if (!isSelfContained(subject)) return undefined;
  const copies = headerWrites(subject).filter(({ name }) => name !== "remove");
  const reads = subject.facts.methodCalls.filter(
    (call) => call.object.name === "DynamicMetadata" && constantArgument(call, 0) === NAMESPACE,
  );
  const [read] = reads;
  if (read?.name !== "get" || copies.length === 0) return undefined;
  if (effects(subject).length > headerWrites(subject).length + reads.length) return undefined;
  if (headerWrites(subject).some(({ object }) => object.direction !== "request")) return undefined;
  const claims = copies.map((call) => [constantArgument(call, 0), claimOf(call)] as const);
  if (claims.some(([header, claim]) => header === undefined || claim === undefined)) return undefined;
  const feature = "RequestAuthentication with outputClaimToHeaders";
  const { range } = read.node;
  if (
    !isOnlyGuarded(subject.facts) ||
    headerWrites(subject).some(({ where, name }) => where.loops > 0 || name === "remove")
  )
    return { may: feature, because: "it copies verified JWT claims to request headers, in some cases", range };
  const resource = {
    apiVersion: "security.istio.io/v1",
    kind: "RequestAuthentication",
    metadata: metadata(subject.site),
    spec: {
      ...selector(subject.site),
      jwtRules: [{ issuer: "ISSUER", outputClaimToHeaders: claims.map(([header, claim]) => ({ header, claim })) }],
    },
  };
  return {
    feature,
    because: "all it does is copy verified JWT claims to request headers",
    range,
    resource: printResource(resource, [
      "ISSUER: as in the RequestAuthentication that you have; add to its rule what stands here.",
    ]),
  };
};

/** Conditions ask only whether something is there. */
function isOnlyGuarded({ comparisons }: NativeSubject["facts"]): boolean {
  return comparisons.every(({ left, right }) => left.types === NIL || right.types === NIL);
}

/** The last name of the path that was read from the metadata: `…jwt_payload.sub`. */
function claimOf(call: MethodCall): string | undefined {
  const key = call.arguments[1]?.value.key;
  const prefix = `metadata.get(${NAMESPACE}).`;
  if (!key?.startsWith(prefix)) return undefined;
  // The first name is the payload's own, or the issuer's.
  return /^(jwt_payload|payload|jwt)\.(.+)$/.exec(key.slice(prefix.length))?.[2];
}
