import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePattern } from "../../src/codegen/pattern/parse-pattern.js";
import { PatternFile } from "../../src/codegen/pattern/pattern-file.js";
import { quote } from "../../src/codegen/string-constants.js";
import { guest } from "../runtime/guest.js";

const seed = Number(process.env.SEED ?? Date.now() % 1e9);
/** Patterns in one module; COUNT asks for that many in all. */
const PER_MODULE = 60;
const count = Number(process.env.COUNT ?? PER_MODULE);

const single = fc.constantFrom(
  "a",
  "b",
  "c",
  "1",
  "=",
  "%.",
  "%%",
  ".",
  "%a",
  "%d",
  "%s",
  "%w",
  "%S",
  "%W",
  "%p",
  "%x",
  "[ab]",
  "[^a]",
  "[^&=]",
  "[a-c]",
  "[%d%s]",
  "[^%w]",
  "[%w_.-]",
  "[]]",
  "[^]a]",
  "[a-]",
);
const quantified = fc.tuple(single, fc.constantFrom("", "", "", "*", "+", "-", "?")).map((parts) => parts.join(""));
const piece = fc.oneof(
  { weight: 6, arbitrary: quantified },
  { weight: 2, arbitrary: fc.array(quantified, { minLength: 1, maxLength: 2 }).map((parts) => `(${parts.join("")})`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "()",
      "%b()",
      "%bab",
      "%f[%w]",
      "%f[^a]",
      "abc",
      "ab=1",
      "b/a=c1ab",
      "aabbcc112233",
      "-",
      ")",
      "[",
      "%1",
    ),
  },
);
const pattern = fc
  .tuple(
    fc.constantFrom("", "", "^"),
    fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("")),
    fc.constantFrom("", "", "$"),
  )
  .map((parts) => parts.join(""));
const subject = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."aabbc1=. &()"), maxLength: 14 }),
  fc.string({ unit: fc.constantFrom(..."ab"), maxLength: 8 }),
  fc.constantFrom("", "a=1&b=22&c", "b/a=c1ab=1", "aabbcc112233 aabbcc112234", "(a(b)c)(", "\xff\0a", "abcabcabc"),
);

/** Calls of both matchers, and a text of all that each gives. */
function program(file: PatternFile, patterns: readonly string[]): string {
  const functions = patterns.map((text, i) => {
    const [name, each, tested] = [file.matcher(text), file.matcher(text, { literalCaret: true }), file.test(text)];
    if (!name || !each || !tested)
      return `export function compiled${i}(s: Str): Str { return general(${quote(text)}, s); }`;
    return `export function compiled${i}(s: Str): Str {
      const all = Values.create(8).addResults(findValues<${name}>(s, 1)).addResults(findValues<${name}>(s, 3)).addResults(matchValues<${name}>(s, -2));
      let list = all.add(lua.boolean(${tested}(s)));
      for (const m = eachMatch<${each}>(s); m.next(); ) for (let i: u32 = 1; i <= max<u32>(m.count, 1); i++) list = list.add(captureOf<${each}>(m, i));
      for (let i = 0; i < 3; i++) list = list.add(lua.stringValue(replace<${name}>(s, lua.stringValue(Str.of("<%0>")), i == 0 ? lua.ABSENT : <f64>i, 1))).add(lua.number(lastCount));
      list = list.add(lua.stringValue(replaceText<${name}>(s, Str.of("-"), lua.ABSENT)));
      return shown(list);
    }`;
  });
  return `
    import * as string from "./runtime/string";
    import { captureOf, eachMatch, findValues, lastCount, matchValues, replace, replaceText } from "./runtime/pattern/match";
    ${file.print().replace(/^import \{ Str \}.*$/m, "")}
    function shown(list: Values): Str {
      let text = Str.of("");
      for (let i: u32 = 1; i <= list.count; i++) text = lua.concat3(text, lua.tostring(list.at(i)), Str.of("|"));
      return text;
    }
    export function general(pattern: Str, s: Str): Str {
      const all = Values.create(8).addResults(string.find(s, pattern, 1, false, 1)).addResults(string.find(s, pattern, 3, false, 1)).addResults(string.match(s, pattern, -2, 1));
      string.match(s, pattern, 1, 1);
      let list = all.add(lua.boolean(string.find(s, pattern, 1, false, 1) != lua.nil));
      for (const m = string.gmatch(s, pattern, 1); m.next(); ) for (let i: u32 = 1; i <= m.count; i++) list = list.add(m.capture(i));
      for (let i = 0; i < 3; i++) list = list.add(lua.stringValue(string.gsub(s, pattern, lua.stringValue(Str.of("<%0>")), i == 0 ? lua.ABSENT : <f64>i, 1))).add(lua.number(string.lastCount));
      list = list.add(lua.stringValue(string.gsub(s, pattern, lua.stringValue(Str.of("-")), lua.ABSENT, 1)));
      return shown(list);
    }
    import { Values } from "./runtime/values";
    ${functions.join("\n")}
    import { arenaRelease } from "./runtime/memory/arena";
    export function release(): void { arenaRelease(); }
  `.replace(/general\("(.*)", s\); \}$/gm, 'general(Str.of("$1"), s); }');
}

test(`compiled patterns match as the general matcher does (SEED=${seed} COUNT=${count})`, async () => {
  const patterns = [...new Set(fc.sample(pattern, { seed, numRuns: count * 2 }))]
    .filter((text) => parsePattern(text))
    .slice(0, count);
  const subjects = fc.sample(subject, { seed, numRuns: 150 });
  for (let from = 0; from < patterns.length; from += PER_MODULE) {
    const some = patterns.slice(from, from + PER_MODULE);
    const both = await guest(program(new PatternFile(), some));
    for (const [i, text] of some.entries()) {
      for (const s of subjects) {
        const ours = both.text(`compiled${i}`, both.put(s));
        const theirs = both.text("general", both.put(text), both.put(s));
        if (ours !== theirs) expect(`${text} on ${JSON.stringify(s)}: ${ours}`).toBe(theirs);
        both.call("release");
      }
    }
  }
}, 600_000);

test("what the general matcher has to do is left to it", () => {
  const file = new PatternFile();
  for (const text of [
    "[a",
    "%",
    "(a",
    "a)",
    "%1",
    "(a%1)",
    "%f",
    "%b(",
    "a\0b",
    "a".repeat(200),
    ".-a".repeat(8),
    "()%1",
  ]) {
    expect(file.matcher(text)).toBe(undefined);
  }
});

test("the code of a pattern is what a person would write", () => {
  const file = new PatternFile();
  file.matcher("([^&=]+)=([^&=]*)");
  file.test("^/admin/");
  file.matcher("^%s*(.-)%s*$");
  expect(file.print()).toMatchInlineSnapshot(`
    "import { isSpace } from "./runtime/pattern/classes";
    import { Match } from "./runtime/pattern/match";
    import { Str } from "./runtime/str";

    // @ts-ignore: decorator
    @inline
    function isAmpersandOrEquals(c: u32): bool { return c == 38 || c == 61; }

    /** "([^&=]+)=([^&=]*)" */
    // @ts-ignore: decorator
    @unmanaged
    export class EqualsMatch extends Match {
      private start1: usize;
      private length1: i32;
      private start2: usize;
      private length2: i32;
      get count(): u32 { return 2; }
      get anchored(): bool { return false; }
      get capture1(): Str { return this.text(this.start1, this.length1); }
      get capture2(): Str { return this.text(this.start2, this.length2); }

      /** The next match. */
      next(): bool { return this.advance(this.search(this.at)); }

      search(from: usize): bool {
        const end = this.subjectEnd;
        for (let at = from; at <= end; at++) {
          let p = at;
          const start1 = p;
          // [^&=]+
          if (p == end || isAmpersandOrEquals(<u32>load<u8>(p))) continue;
          p++;
          while (p < end && !isAmpersandOrEquals(<u32>load<u8>(p))) p++;
          const run = p;
          const length1 = <i32>(p - start1);
          // =
          if (p == end || load<u8>(p) != 0x3d) { at = run; continue; }
          p++;
          const start2 = p;
          // [^&=]*
          while (p < end && !isAmpersandOrEquals(<u32>load<u8>(p))) p++;
          const length2 = <i32>(p - start2);
          this.start1 = start1;
          this.length1 = length1;
          this.start2 = start2;
          this.length2 = length2;
          return this.found(at, p);
        }
        return false;
      }
    }

    /** "^/admin/" */
    export function startsWithAdmin(s: Str): bool {
      const subject = s.bytes, end = subject + s.byteLength;
      const at = subject;
      let p = at;
      // /admin/
      if (end - p < 7 || load<u32>(p) != 0x6d64612f || load<u16>(p + 4) != 0x6e69 || load<u8>(p + 6) != 0x2f) return false;
      p += 7;
      return true;
    }

    /** "^%s*(.-)%s*$" */
    // @ts-ignore: decorator
    @unmanaged
    export class SpaceMatch extends Match {
      private start1: usize;
      private length1: i32;
      get count(): u32 { return 1; }
      get anchored(): bool { return true; }
      get capture1(): Str { return this.text(this.start1, this.length1); }

      /** The next match. */
      next(): bool { return this.advance(this.search(this.at)); }

      search(from: usize): bool {
        const end = this.subjectEnd;
        const at = from;
        let p = at;
        // %s*
        let q2 = p;
        while (q2 < end && isSpace(<u32>load<u8>(q2))) q2++;
        for (; q2 >= p; q2--) {
          let p2 = q2;
          const start1 = p2;
          // .-
          for (let q3 = p2; q3 <= end; q3++) {
            if (q3 != end && !isSpace(<u32>load<u8>(q3))) continue;
            let p3 = q3;
            const length1 = <i32>(p3 - start1);
            // %s*
            while (p3 < end && isSpace(<u32>load<u8>(p3))) p3++;
            if (p3 != end) continue;
            this.start1 = start1;
            this.length1 = length1;
            return this.found(at, p3);
          }
        }
        return false;
      }
    }
    "
  `);
});
