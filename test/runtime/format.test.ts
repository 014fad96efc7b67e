import fc from "fast-check";
import { expect, test } from "vitest";
import { LibraryGuest, type LuaValue } from "./library-guest.js";
import { differences, run, sample } from "./oracle-comparison.js";

const guest = await LibraryGuest.of(["string.format", "tostring", "tonumber"]);

/** Doubles of every size, with many that lie on or near a tie. */
const number = fc.oneof(
  fc.double(),
  fc.double({ min: -1e6, max: 1e6 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc
    .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 12 }))
    .map(([n, k]) => n / 2 ** k),
  // Decimals with few digits, and numbers so close to one that they are or are not shown as such.
  fc
    .tuple(fc.nat(10), fc.nat(1e9), fc.integer({ min: 0, max: 7 }), fc.nat(6), fc.integer({ min: -100, max: 100 }))
    .map(([shift, n, k, far, ulps]) => ((n >> (2 * shift)) / 10 ** k) * (1 + ulps * 2 ** (-52 + far))),
  fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: -8, max: 20 })).map(([n, k]) => Number(`${n}5e${k}`)),
  fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.integer({ min: -40, max: 40 }))
    .map(([n, k]) => Number(n) * 2 ** k),
  fc.constantFrom(
    0,
    -0,
    0.5,
    1.5,
    2.5,
    1e15,
    1e14,
    99999999999999.5,
    2 ** 53,
    2 ** 63,
    2 ** 64,
    -(2 ** 63),
    5e-324,
    1.7976931348623157e308,
  ),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 255, 65, 10),
);

const flags = fc.string({ unit: fc.constantFrom(..."-+ #0"), maxLength: 3 });
const digits = fc.oneof(
  fc.constant(""),
  fc.integer({ min: 0, max: 30 }).map(String),
  fc.constantFrom("99", "100", "05"),
);
const precision = fc.oneof(
  { weight: 2, arbitrary: fc.constant("") },
  fc.constant("."),
  digits.map((n) => `.${n}`),
);
const specification = fc
  .tuple(flags, digits, precision, fc.constantFrom(..."diuoxXcfeEgGaAsqdfgs"))
  .map(([flag, width, digit, letter]) => `%${flag}${width}${digit}${letter}`);
const literal = fc.string({ unit: fc.constantFrom(..."abc \n", "%%", "\0", "\xff"), maxLength: 5 });
const text = fc.string({
  unit: fc.constantFrom("a", "\0", "\n", '"', "\\", "\r", "\x7f", "\x1b", "1", "\xe9"),
  maxLength: 8,
});
const argument: fc.Arbitrary<LuaValue> = fc.oneof(
  { weight: 6, arbitrary: number },
  text,
  fc.constantFrom<LuaValue>("10", "0x1p4", " 7 ", true, false, null),
);

const format = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name: fc.constant("string.format"), args: fc.tuple(specification, number) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constant("string.format"),
      args: fc.tuple(
        fc.array(fc.oneof(specification, literal), { maxLength: 5 }).map((parts) => parts.join("")),
        argument,
        argument,
        argument,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant("string.format"),
      args: fc.tuple(fc.string({ unit: fc.constantFrom(..."%%%d5.-y!\0"), maxLength: 6 }), argument),
    }),
  },
);

test(`string.format gives what LuaJIT gives (${run})`, async () => {
  expect(await differences(guest, sample(format))).toEqual([]);
});

const hexadecimal = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), maxLength: 20 });
const written = fc.oneof(
  number.map(String),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 60 }))
    .map(([n, k]) => n.toPrecision(k)),
  fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.integer({ min: -380, max: 310 })).map(([n, k]) => `${n}e${k}`),
  fc.tuple(hexadecimal, hexadecimal, fc.integer({ min: -1100, max: 1030 })).map(([a, b, k]) => `0x${a}.${b}p${k}`),
  fc.string({ unit: fc.constantFrom(..."0123456789.eEx+-pabfinINFy \t\0_"), maxLength: 10 }),
  fc
    .tuple(
      fc.constantFrom("", " ", "\t", "-", "+", "- ", "0", "\x0b"),
      fc.constantFrom(
        "inf",
        "nan",
        "infinity",
        "0x",
        "0b101",
        "0b2",
        "1e",
        ".",
        "5.",
        ".5",
        "0x.8",
        "0x1p",
        "1e400",
        "1e-400",
        "0b",
        "1e1048576",
      ),
      fc.constantFrom("", " ", "\n", "x", "\0"),
    )
    .map((parts) => parts.join("")),
);

const conversion = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constant("tonumber"), args: fc.tuple(written) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant("tonumber"),
      args: fc.tuple(
        fc.string({ unit: fc.constantFrom(..."0123456789aAbBzZxX-+ \0"), maxLength: 12 }),
        fc.integer({ min: 0, max: 40 }),
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant("tostring"), args: fc.tuple(number) }) },
);

test(`numbers and texts become each other as in LuaJIT (${run})`, async () => {
  expect(await differences(guest, sample(conversion))).toEqual([]);
});
