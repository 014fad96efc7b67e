import { bufferMethods } from "./buffer.js";
import { handleMethods } from "./handle.js";
import { headersMethods } from "./headers.js";
import { logMethods } from "./log.js";
import type { Method, ObjectName } from "./method.js";

export type * from "./method.js";

/** The Envoy Lua API. */
export const envoyApi: readonly Method[] = [...handleMethods, ...headersMethods, ...bufferMethods, ...logMethods];

const byName = new Map(envoyApi.map((method) => [`${method.object}.${method.name}`, method]));

/** The method `name` of `object`, those that every object has included; undefined where Envoy has none (a call of nil in Lua). */
export function findMethod(object: ObjectName, name: string): Method | undefined {
  return byName.get(`${object}.${name}`) ?? byName.get(`every object.${name}`);
}
