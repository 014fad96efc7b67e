// Where the lines of `print` go: Lua in Envoy writes them to the process's standard output, which a module cannot.
import { log } from "../host";
import { Str } from "../str";

const INFO: i32 = 2;

export function printLine(line: Str): void {
  log(INFO, line);
}
