import type { LibraryConstant, LibraryFunction } from "../library.js";
import { exact, number, quiet, raising, rest, strict } from "./rows.js";

const ofOne = (name: string): LibraryFunction => exact(`math.${name}`, "math", quiet(name, [number("x")], "number"));
const ofTwo = (name: string): LibraryFunction =>
  exact(`math.${name}`, "math", quiet(name, [number("x"), number("y")], "number"));

export const mathLibrary: readonly LibraryFunction[] = [
  ...["abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor"].map(ofOne),
  ...["log10", "rad", "sin", "sinh", "sqrt", "tan", "tanh"].map(ofOne),
  ...["atan2", "fmod", "ldexp", "pow"].map(ofTwo),
  exact("math.frexp", "math", quiet("frexp", [number("x")], "number", "number")),
  exact(
    "math.log",
    "math",
    quiet("log", [number("x")], "number"),
    quiet("logBase", [number("x"), strict(number("base", "Math.E"))], "number"),
  ),
  exact(
    "math.max",
    "math",
    quiet("max", [number("x"), number("y")], "number"),
    raising("maxOf", [number("x"), rest], "number"),
  ),
  exact(
    "math.min",
    "math",
    quiet("min", [number("x"), number("y")], "number"),
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
