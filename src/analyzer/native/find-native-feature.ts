import { accessLog } from "./access-log.js";
import { answeredRequests } from "./answered-requests.js";
import { constantHeaders } from "./constant-headers.js";
import { cors } from "./cors.js";
import { externalAuthorization } from "./external-authorization.js";
import { hints } from "./hints.js";
import { jwtClaims } from "./jwt-claims.js";
import { localRateLimit } from "./local-rate-limit.js";
import type { Match, Maybe, NativeRule, NativeSubject } from "./native-rule.js";
import { readBehaviour } from "./read-behaviour.js";
import { refusedRequests } from "./refused-requests.js";

const NATIVE_RULES: readonly NativeRule[] = [
  constantHeaders,
  refusedRequests,
  cors,
  answeredRequests,
  jwtClaims,
  localRateLimit,
  externalAuthorization,
  accessLog,
  hints,
];

/** Emissary-ingress has no place for filters of one's own, nor for Istio's resources. */
const EMISSARY_RULES: readonly NativeRule[] = [constantHeaders];

/** The first feature of Istio or Envoy that certainly does what the script does, or else the first that may. */
export function findNativeFeature(subject: Omit<NativeSubject, "behaviour">): Match | Maybe | undefined {
  const whole = { ...subject, behaviour: readBehaviour(subject.script, subject.facts) };
  let maybe: Maybe | undefined;
  for (const rule of subject.site.source.kind === "AmbassadorModule" ? EMISSARY_RULES : NATIVE_RULES) {
    const found = rule(whole);
    if (!found) continue;
    if ("may" in found) maybe ??= found;
    else if (isForAll(whole)) return found;
    else
      maybe ??= {
        may: found.feature,
        because: `${found.because}, but only on the routes that choose it`,
        ...range(found),
      };
  }
  return maybe;
}

function range({ range: at }: Match): Pick<Maybe, "range"> {
  return at ? { range: at } : {};
}

/** The script runs for every request of its listener: so do the features that take its place. */
function isForAll({ site }: NativeSubject): boolean {
  const { attachment, filterDisabled, routeOverrides = [] } = site.filter;
  return attachment !== "perRoute" && attachment !== "sourceCodes" && !filterDisabled && routeOverrides.length === 0;
}
