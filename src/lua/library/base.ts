import type { LibraryFunction } from "../library.js";
import { any, approximate, exact, int, multiple, number, quiet, raising, refused, rest, string, table, value } from "./rows.js";

/** `pcall`, `xpcall`, `error`, `pairs` and `ipairs` are lowered by `src/codegen/lower/intrinsics.ts`, the loops by `loop.ts`. */
export const baseLibrary: readonly LibraryFunction[] = [
  exact(
    "assert",
    "base",
    raising("assert", [any("v")], "value"),
    raising("assertWith", [any("v"), value("message")], "value"),
    multiple(raising("assertMany", [rest])),
  ),
  exact("collectgarbage", "base", raising("collectgarbage", [string("option", 'Str.of("collect")')], "value")),
  exact("error", "base", raising("error", [value("message"), number("level", "1")])),
  exact("getmetatable", "base", quiet("getmetatable", [any("v")], "value")),
  exact("ipairs", "base", raising("ipairs", [any("t")], "value")),
  exact("next", "base", multiple(quiet("next", [table("t"), value("key")]))),
  exact("pairs", "base", raising("pairs", [any("t")], "value")),
  exact("pcall", "base", multiple(raising("pcallMany", [any("f"), rest]))),
  approximate("print", "base", "the line goes to Envoy's log at level info instead of its standard output", raising("print", [rest])),
  exact("rawequal", "base", quiet("rawequal", [any("a"), any("b")], "boolean")),
  exact("rawget", "base", raising("rawget", [value("t"), any("key")], "value")),
  exact("rawlen", "base", raising("rawlen", [value("v")], "number")),
  exact("rawset", "base", raising("rawset", [value("t"), any("key"), any("v")], "value")),
  exact("select", "base", multiple(raising("select", [number("n"), rest]))),
  exact("setmetatable", "base", raising("setmetatable", [value("t"), any("metatable")], "value")),
  exact(
    "tonumber",
    "base",
    quiet("tonumber", [any("v")], "value"),
    raising("tonumberInBase", [any("v"), number("base", "10")], "value"),
  ),
  exact("tostring", "base", raising("tostring", [any("v")], "string")),
  exact("type", "base", quiet("type", [any("v")], "string")),
  exact("unpack", "base", multiple(raising("unpack", [value("t"), int("i", "1"), int("j", "ABSENT")]))),
  exact("xpcall", "base", multiple(raising("xpcall", [any("f"), any("handler"), rest]))),
  ...refused("code made at run time cannot be compiled ahead", "load", "loadstring", "loadfile", "dofile"),
  ...refused("environments are not kept in a compiled module", "setfenv", "getfenv", "module"),
  ...refused("userdata made by the script has no use in a filter", "newproxy"),
];
