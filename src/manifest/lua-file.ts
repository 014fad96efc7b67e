import type { Discovery } from "./discovery.js";
import { isEnvoyScript } from "./lua-mentions.js";
import type { MappedText } from "./offset-map.js";

/** A file that is a script as a whole. */
export function* luaFileDiscoveries(script: MappedText): Generator<Discovery> {
  if (script.text.trim() === "") return;
  if (isTest(script.text) && !isEnvoyScript(script.text)) {
    yield {
      type: "note",
      code: "test",
      offset: 0,
      message: "a test (`describe`, `it`), which no Envoy runs: left out",
    };
    return;
  }
  yield { type: "script", resource: { kind: "LuaFile" }, script, path: "", filter: { attachment: "file" } };
}

/** Written for busted or another runner that tells what is tested with `describe("…", function()` and `it("…", function()`. */
function isTest(text: string): boolean {
  return /^\s*describe\s*\(?\s*["'[]/m.test(text) && /^\s*it\s*\(?\s*["'[]/m.test(text);
}
