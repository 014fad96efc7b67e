import type { Plugin, RootContext } from "./context.js";
import { HeaderMap } from "./header-map.js";
import { Result } from "./result.js";
import type { Vm } from "./vm.js";

const CALL_HEADERS = 6;
const CALL_TRAILERS = 7;
const CALL_BODY = 4;
const VM_CONFIGURATION = 6;
const PLUGIN_CONFIGURATION = 7;
/** What has no bytes is there all the same, but for these. */
const ABSENT = new Set([CALL_BODY, PLUGIN_CONFIGURATION]);
const NOTHING = new Uint8Array();

/** The context of a plugin; it knows its configuration and the reply of a side call. */
export function createRoot(vm: Vm, plugin: Plugin, id = vm.nextContextId()): RootContext {
  const root: RootContext = {
    id,
    plugin,
    reply: undefined,
    isConfiguring: false,
    get root() {
      return root;
    },
    map(type) {
      const lines =
        type === CALL_HEADERS ? root.reply?.headers : type === CALL_TRAILERS ? root.reply?.trailers : undefined;
      return lines && new HeaderMap(type === CALL_HEADERS ? "response" : "responseTrailers", lines);
    },
    body(type) {
      const bytes =
        type === CALL_BODY
          ? root.reply && (root.reply.body ?? NOTHING)
          : type === VM_CONFIGURATION
            ? vm.vmConfiguration
            : type === PLUGIN_CONFIGURATION && root.isConfiguring
              ? plugin.configuration
              : ABSENT.has(type)
                ? undefined
                : NOTHING;
      return bytes && { bytes: Buffer.from(bytes), isWritable: false };
    },
    property([name, ...rest]) {
      const value = { plugin_name: plugin.name, plugin_root_id: plugin.rootId }[name ?? ""];
      return value === undefined || rest.length > 0 ? undefined : Buffer.from(value, "latin1");
    },
    setProperty: () => false,
    setFilterState: () => Result.badArgument,
    continueStream: () => {},
    closeStream: () => {},
    sendLocalResponse: () => {},
    clearRouteCache: () => {},
  };
  return root;
}
