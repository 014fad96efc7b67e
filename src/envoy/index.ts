import { bufferMethods } from "./buffer.js";
import { connectionMethods } from "./connection.js";
import { connectionDynamicMetadataMethods, connectionStreamInfoMethods } from "./connection-stream-info.js";
import { dynamicMetadataMethods, METADATA_FATES } from "./dynamic-metadata.js";
import { filterStateMethods } from "./filter-state.js";
import { handleMethods } from "./handle.js";
import { headersMethods } from "./headers.js";
import { logMethods } from "./log.js";
import { metadataMethods } from "./metadata.js";
import type { Method, ObjectName } from "./method.js";
import { parsedNameMethods } from "./parsed-name.js";
import { publicKeyMethods } from "./public-key.js";
import { routeMethods } from "./route.js";
import { sslConnectionMethods } from "./ssl-connection.js";
import { counterMethods, gaugeMethods, histogramMethods, statsScopeMethods } from "./stats.js";
import { streamInfoMethods } from "./stream-info.js";
import { virtualHostMethods } from "./virtual-host.js";

export type * from "./method.js";
export { HOLDS_HEADERS, OLDEST_ENVOY } from "./method.js";
export { METADATA_FATES };

/** The Envoy Lua API: all methods of all objects. */
export const envoyApi: readonly Method[] = [
  ...handleMethods,
  ...headersMethods,
  ...bufferMethods,
  ...metadataMethods,
  ...streamInfoMethods,
  ...dynamicMetadataMethods,
  ...connectionStreamInfoMethods,
  ...connectionDynamicMetadataMethods,
  ...filterStateMethods,
  ...connectionMethods,
  ...sslConnectionMethods,
  ...parsedNameMethods,
  ...publicKeyMethods,
  ...virtualHostMethods,
  ...routeMethods,
  ...statsScopeMethods,
  ...counterMethods,
  ...gaugeMethods,
  ...histogramMethods,
  ...logMethods,
];

const byName = new Map(envoyApi.map((method) => [`${method.object}.${method.name}`, method]));

/** The method `name` of `object`, those that every object has included; undefined where Envoy has none (a call of nil in Lua). */
export function findMethod(object: ObjectName, name: string): Method | undefined {
  return byName.get(`${object}.${name}`) ?? byName.get(`every object.${name}`);
}
