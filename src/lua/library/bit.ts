import type { LibraryFunction } from "../library.js";
import { exact, int, number, quiet, raising, rest, strict } from "./rows.js";

const ofOne = (name: string, runtime = name): LibraryFunction =>
  exact(`bit.${name}`, "bit", quiet(runtime, [number("x")], "number"));
const ofTwo = (name: string): LibraryFunction =>
  exact(`bit.${name}`, "bit", quiet(name, [number("x"), number("n")], "number"));
const ofMany = (name: string): LibraryFunction =>
  exact(
    `bit.${name}`,
    "bit",
    quiet(name, [number("x"), number("y")], "number"),
    raising(`${name}Of`, [number("x"), rest], "number"),
  );

export const bitLibrary: readonly LibraryFunction[] = [
  ...["tobit", "bnot"].map((name) => ofOne(name)),
  ofOne("bswap", "swap"),
  ...["lshift", "rshift", "arshift", "rol", "ror"].map(ofTwo),
  ...["band", "bor", "bxor"].map(ofMany),
  exact("bit.tohex", "bit", quiet("tohex", [number("x"), strict(int("digits", "8"))], "string")),
];
