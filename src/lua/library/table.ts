import type { LibraryFunction } from "../library.js";
import { any, callable, exact, inLua, int, multiple, quiet, raising, rest, string, table, value } from "./rows.js";

export const tableLibrary: readonly LibraryFunction[] = [
  exact(
    "table.concat",
    "table-library",
    raising("concat", [table("t"), string("separator", "EMPTY"), int("i", "1"), int("j", "ABSENT")], "string"),
  ),
  exact("table.foreach", "table-library", multiple(raising("foreach", [inLua(table("t")), inLua(callable("f"))]))),
  exact("table.foreachi", "table-library", multiple(raising("foreachi", [inLua(table("t")), inLua(callable("f"))]))),
  exact("table.getn", "table-library", raising("getn", [inLua(table("t"))], "value")),
  exact(
    "table.insert",
    "table-library",
    quiet("insert", [table("t"), any("v")]),
    raising("insertAt", [table("t"), int("position"), any("v")]),
    raising("insertValues", [table("t"), rest]),
  ),
  exact("table.maxn", "table-library", quiet("maxn", [table("t")], "number")),
  exact(
    "table.move",
    "table-library",
    raising(
      "move",
      [inLua(table("a")), inLua(int("from")), inLua(int("to")), inLua(int("target")), table("b", "null")],
      "table",
    ),
  ),
  exact("table.pack", "table-library", quiet("pack", [rest], "table")),
  exact(
    "table.remove",
    "table-library",
    multiple(raising("remove", [table("t")])),
    multiple(raising("removeAt", [table("t"), value("position")])),
  ),
  exact("table.sort", "table-library", raising("sort", [table("t"), value("comparator")])),
  exact("table.unpack", "base", multiple(raising("unpack", [value("t"), int("i", "1"), int("j", "ABSENT")]))),
  exact("table.new", "table-library", quiet("create", [int("arraySize"), int("hashSize")], "table")),
  exact("table.clear", "table-library", quiet("clear", [table("t")])),
];
