import type { LibraryConstant, LibraryFunction } from "../library.js";
import { approximate, exact, number, quiet, raising, rest, strict, value } from "./rows.js";

const ofOne = (name: string): LibraryFunction => exact(`math.${name}`, "math", quiet(name, [number("x")], "number"));
const ofTwo = (name: string): LibraryFunction =>
  exact(`math.${name}`, "math", quiet(name, [number("x"), number("y")], "number"));

/** C libraries differ among themselves here, too. */
const LAST_BIT = "the last bit of the result can differ from the C library's; tostring shows the same 14 digits";
const nearlyOne = (name: string): LibraryFunction =>
  approximate(`math.${name}`, "math", LAST_BIT, quiet(name, [number("x")], "number"));
const nearlyTwo = (name: string): LibraryFunction =>
  approximate(`math.${name}`, "math", LAST_BIT, quiet(name, [number("x"), number("y")], "number"));

export const mathLibrary: readonly LibraryFunction[] = [
  ...["abs", "ceil", "floor", "sqrt"].map(ofOne),
  ...["deg", "rad"].map((name) => exact(`math.${name}`, "math", raising(name, [value("x")], "number"))),
  ...["acos", "asin", "atan", "cos", "cosh", "exp", "log10", "sin", "sinh", "tan", "tanh"].map(nearlyOne),
  ...["fmod", "ldexp"].map(ofTwo),
  ...["atan2", "pow"].map(nearlyTwo),
  exact("math.frexp", "math", quiet("frexp", [number("x")], "number", "number")),
  approximate(
    "math.log",
    "math",
    LAST_BIT,
    quiet("log", [number("x")], "number"),
    quiet("logBase", [number("x"), strict(number("base", "Math.E"))], "number"),
  ),
  exact(
    "math.max",
    "math",
    quiet("max2", [number("x"), number("y")], "number"),
    raising("maxOf", [number("x"), rest], "number"),
  ),
  exact(
    "math.min",
    "math",
    quiet("min2", [number("x"), number("y")], "number"),
    raising("minOf", [number("x"), rest], "number"),
  ),
  exact("math.modf", "math", quiet("modf", [number("x")], "number", "number")),
  exact(
    "math.random",
    "math",
    quiet("random", [], "number"),
    quiet("randomTo", [number("upper")], "number"),
    quiet("randomBetween", [number("lower"), number("upper")], "number"),
    raising("randomOf", [rest], "number"),
  ),
  exact("math.randomseed", "math", quiet("randomseed", [number("seed")]), raising("randomseedOf", [rest])),
];

export const mathConstants: readonly LibraryConstant[] = [
  { name: "math.pi", type: "number", expression: "3.141592653589793" },
  { name: "math.huge", type: "number", expression: "Infinity" },
];
