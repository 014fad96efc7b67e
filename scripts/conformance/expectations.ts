import type { Difference } from "../../src/verify/equivalence.js";
import type { Observation } from "../../src/verify/observation.js";
import type { ConformanceCase } from "./case-file.js";
import { expectedCount, expectedLines } from "./steps.js";

/**
 * What Envoy's own Lua did not do here although its test expects it: the requests did not bring about what the test is about.
 * @param lua what the script did, request by request
 * @param nondeterministic facts that no run repeats, such as the time
 */
export function unmetExpectations(
  { steps }: ConformanceCase,
  lua: readonly Observation[],
  nondeterministic: readonly Difference[],
): readonly string[] {
  const logged = lua.flatMap(({ log }) => log);
  const isClock = nondeterministic.some(({ where }) => where.startsWith("log["));
  const missing = expectedLines(steps)
    .filter(({ level, text }) => !logged.some((line) => line.level.startsWith(level) && line.text.includes(text)))
    .filter(({ text }) => !(isClock && /^\d+$/.test(text)))
    .map(({ text }) => `Lua does not log ${JSON.stringify(text)}`);
  const errors = lua.reduce((sum, { scriptErrors }) => sum + scriptErrors, 0);
  const expectedErrors = expectedCount(steps, "errors");
  return [
    ...missing,
    ...(expectedErrors !== undefined && expectedErrors !== errors
      ? [`Lua fails ${errors} times, not ${expectedErrors}`]
      : []),
    ...steps.flatMap((step) => unmetStep(step, lua.at(-1))),
  ];
}

/** The steps of integration tests that look at what came out. */
function unmetStep(step: string, seen: Observation | undefined): readonly string[] {
  const response = seen?.outcome.kind === "response" ? seen.outcome.response : undefined;
  const [, wanted, header] = /^EQ\("(.*)", upstream header (\S+)\)$/.exec(step) ?? [];
  const [, wantedBack, headerBack] = /^EQ\("(.*)", response header (\S+)\)$/.exec(step) ?? [];
  const status = /^EQ\((?:"(\d+)", )?response->headers\(\)\.getStatusValue\(\)(?:, "(\d+)")?\)$/.exec(step);
  const wantedStatus = status?.[1] ?? status?.[2];
  const body = /^EQ\("(.*)", response->body\(\)\)$/.exec(step)?.[1];
  const value = (lines: readonly (readonly [string, string])[] | undefined, name: string) =>
    lines?.find(([key]) => key === name)?.[1];
  const check = (what: string, is: string | undefined, should: string | undefined): readonly string[] =>
    should === undefined || is === should
      ? []
      : [`${what} is ${JSON.stringify(is ?? null)}, not ${JSON.stringify(should)}`];
  return [
    ...(header === undefined
      ? []
      : check(`upstream header ${header}`, value(seen?.upstream[0]?.headers, header), wanted)),
    ...(headerBack === undefined
      ? []
      : check(`response header ${headerBack}`, value(response?.headers, headerBack), wantedBack)),
    ...check("the status", response === undefined ? undefined : String(response.status), wantedStatus),
    ...check("the body", response?.body.toString("latin1"), body),
  ];
}
