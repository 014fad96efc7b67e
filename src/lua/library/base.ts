import type { LibraryFunction } from "../library.js";
import {
  any,
  approximate,
  callable,
  exact,
  int,
  multiple,
  number,
  quiet,
  raising,
  refused,
  rest,
  string,
  table,
  value,
} from "./rows.js";

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
  {
    ...exact("error", "base", raising("error", [value("message"), number("level", "1")])),
    valueForm: raising("errorValue", [value("message"), number("level", "1")]),
  },
  exact("getmetatable", "base", quiet("getmetatable", [any("v")], "value")),
  exact("ipairs", "base", multiple(raising("ipairsValues", [any("t")]))),
  { ...exact("next", "base", multiple(quiet("next", [table("t"), value("key")]))), value: "nextFunction" },
  exact("pairs", "base", multiple(raising("pairsValues", [any("t")]))),
  exact("pcall", "base", multiple(quiet("pcallValue", [any("f"), rest]))),
  approximate(
    "print",
    "base",
    "the line goes to Envoy's log at level info instead of its standard output",
    raising("print", [rest]),
  ),
  exact("newproxy", "base", raising("newproxy", [value("of")], "value")),
  exact("rawequal", "base", quiet("rawequal", [any("a"), any("b")], "boolean")),
  exact("rawget", "base", quiet("rawget", [table("t"), any("key")], "value")),
  exact("rawlen", "base", raising("rawlen", [value("v")], "number")),
  exact("rawset", "base", quiet("rawset", [table("t"), any("key"), any("v")], "value")),
  {
    ...exact("select", "base", multiple(raising("select", [value("n"), rest]))),
    valueForm: multiple(raising("selectOf", [rest])),
  },
  {
    ...exact(
      "setmetatable",
      "base",
      raising("setmetatableToNothing", [table("t")], "value"),
      raising("setmetatable", [table("t"), any("metatable")], "value"),
    ),
    valueForm: raising("setmetatableOf", [rest], "value"),
  },
  exact(
    "tonumber",
    "base",
    quiet("tonumber", [any("v")], "value"),
    raising("tonumberInBase", [any("v"), number("base", "10")], "value"),
  ),
  {
    ...exact("tostring", "base", raising("tostring", [any("v")], "string")),
    valueForm: raising("tostringValue", [any("v")], "value"),
  },
  exact("type", "base", quiet("type", [any("v")], "string")),
  exact("unpack", "base", multiple(raising("unpack", [value("t"), int("i", "1"), int("j", "ABSENT")]))),
  exact("xpcall", "base", multiple(raising("xpcallValue", [any("f"), callable("handler"), rest]))),
  ...refused("only a text that is known can be compiled ahead", "load", "loadstring"),
  ...refused("a Wasm module has no files", "loadfile", "dofile"),
  ...refused(
    "only the environment of the running function (level 1) and of a function that is known by its name can be followed",
    "setfenv",
    "getfenv",
  ),
  ...refused("modules are compiled in, and need not register themselves", "module"),
];
