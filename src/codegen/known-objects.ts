import { envoyApi, findMethod, type Method, type ObjectName } from "../envoy/index.js";
import type { KnownObjects } from "../lua/infer.js";
import type { StaticType } from "../lua/static-type.js";
import { resultTypes } from "./lower/method-call.js";

/**
 * Envoy's objects as the type inference sees them. Where the script has coroutines of its own, a method that waits may give anything: it
 * gives what its coroutine is resumed with. Such a method is not known then, but found at run time.
 */
export function envoyObjects(hasCoroutines: boolean): KnownObjects<Method> {
  return {
    ...ENVOY_OBJECTS,
    find: (object, name) => {
      const method = findMethod(object as ObjectName, name);
      return hasCoroutines && method && method.yields !== "never" ? undefined : method;
    },
  };
}

const ENVOY_OBJECTS: KnownObjects<Method> = {
  find: (object, name) => findMethod(object as ObjectName, name),
  results: (method) => {
    const types = resultTypes(method);
    // Several results come as one list, whose first need not be there.
    return types.length > 1 ? types.map((): StaticType => "value") : types;
  },
  pairs: (object) =>
    envoyApi.some((method) => method.object === object && method.name === "__pairs") ? PAIRS[object] : undefined,
  iterates: (method) => (method.name === "bodyChunks" ? ["Buffer"] : undefined),
  entryPoints: new Map([
    ["envoy_on_request", ["Handle"]],
    ["envoy_on_response", ["Handle"]],
  ]),
};

const PAIRS: Readonly<Record<string, readonly StaticType[]>> = {
  Headers: ["string", "string"],
  Metadata: ["string", "value"],
  DynamicMetadata: ["string", "table"],
};
