import { accessLog } from "./access-log.js";
import { constantHeaders } from "./constant-headers.js";
import { externalAuthorization } from "./external-authorization.js";
import { jwtClaims } from "./jwt-claims.js";
import { localRateLimit } from "./local-rate-limit.js";
import type { Match, NativeRule, NativeSubject } from "./native-rule.js";

const NATIVE_RULES: readonly NativeRule[] = [
  constantHeaders,
  jwtClaims,
  localRateLimit,
  externalAuthorization,
  accessLog,
];

/** The first feature of Istio or Envoy that does what the script does. */
export function findNativeFeature(subject: NativeSubject): Match | undefined {
  for (const rule of NATIVE_RULES) {
    const match = rule(subject);
    if (match) return match;
  }
  return undefined;
}
