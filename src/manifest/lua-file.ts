import type { Discovery } from "./discovery.js";
import type { MappedText } from "./offset-map.js";

/** A file that is a script as a whole. */
export function* luaFileDiscoveries(script: MappedText): Generator<Discovery> {
  if (script.text.trim() === "") return;
  yield { type: "script", resource: { kind: "LuaFile" }, script, path: "", filter: { attachment: "file" } };
}
