import type { LibraryFunction } from "../library.js";
import { approximate, exact, number, quiet, raising, refused, string, value } from "./rows.js";

const ZONE = "local time is UTC: a Wasm module knows no time zone";

export const osLibrary: readonly LibraryFunction[] = [
  approximate("os.clock", "os", "counts time that passes, not CPU time of Envoy", quiet("clock", [], "number")),
  approximate(
    "os.date",
    "os",
    ZONE,
    quiet("date", [string("format", 'Str.of("%c")'), number("time", "ABSENT")], "value"),
  ),
  exact("os.difftime", "os", quiet("difftime", [number("later"), number("earlier", "0")], "number")),
  approximate(
    "os.getenv",
    "os",
    "sees the variables of the VM's configuration (`environment_variables`), not Envoy's own",
    quiet("getenv", [string("name")], "string?"),
  ),
  approximate("os.time", "os", ZONE, quiet("time", [], "number"), raising("timeOf", [value("table")], "value")),
  ...refused("a Wasm module can start no process", "os.execute", "os.exit"),
  ...refused("a Wasm module has no files", "os.remove", "os.rename", "os.tmpname"),
  approximate(
    "os.setlocale",
    "os",
    "there is no locale but C",
    quiet("setlocale", [string("locale", 'Str.of("C")'), value("category")], "string?"),
  ),
];
