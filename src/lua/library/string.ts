import type { LibraryFunction } from "../library.js";
import { boolean, exact, int, multiple, quiet, raising, refused, rest, string, value } from "./rows.js";

export const stringLibrary: readonly LibraryFunction[] = [
  exact("string.byte", "string", multiple(raising("byte", [string("s"), int("i", "1"), int("j", "ABSENT")]))),
  exact("string.char", "string", raising("charOf", [int("code")], "string"), raising("char", [rest], "string")),
  exact(
    "string.find",
    "string",
    multiple(raising("find", [string("s"), string("pattern"), int("init", "1"), boolean("plain")])),
  ),
  exact("string.format", "format", raising("format", [string("form"), rest], "string")),
  exact("string.gmatch", "string", quiet("gmatchFunction", [string("s"), string("pattern")], "value")),
  exact(
    "string.gsub",
    "string",
    raising("gsub", [string("s"), string("pattern"), value("replacement"), int("limit", "ABSENT")], "string", "number"),
  ),
  exact("string.len", "string", quiet("len", [string("s")], "number")),
  exact("string.lower", "string", quiet("lower", [string("s")], "string")),
  exact("string.match", "string", multiple(raising("match", [string("s"), string("pattern"), int("init", "1")]))),
  exact("string.rep", "string", quiet("rep", [string("s"), int("n"), string("separator", "EMPTY")], "string")),
  exact("string.reverse", "string", quiet("reverse", [string("s")], "string")),
  exact("string.sub", "string", quiet("sub", [string("s"), int("i"), int("j", "-1")], "string")),
  exact("string.upper", "string", quiet("upper", [string("s")], "string")),
  ...refused("bytecode cannot be run in a Wasm module", "string.dump"),
];
