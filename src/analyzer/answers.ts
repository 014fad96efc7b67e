import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { InputError } from "../support/failure.js";

/** What only people know. `audit --questions` writes the file, `--answers` reads it. */
const answerSchema = z
  .object({
    requestsPerSecond: z.number().nonnegative(),
    changesOften: z.boolean(),
    teamLanguages: z.array(z.string()),
    istioVersion: z.union([z.string(), z.number()]).transform(String),
    envoyVersion: z.union([z.string(), z.number()]).transform(String),
  })
  .partial()
  .strict();

const answersSchema = z
  .object({ defaults: answerSchema.nullable(), filters: z.record(z.string(), answerSchema.nullable()).nullable() })
  .partial()
  .strict();

export type AnswerName = keyof z.infer<typeof answerSchema>;

export interface Answered<T> {
  readonly value: T;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

export class Answers {
  constructor(
    private readonly file: string,
    private readonly content: z.infer<typeof answersSchema>,
    private readonly lineOf: (path: readonly string[]) => number,
  ) {}

  /** The answer for a filter, or else the default for all. */
  find<N extends AnswerName>(
    siteId: string,
    name: N,
  ): Answered<NonNullable<z.infer<typeof answerSchema>[N]>> | undefined {
    for (const path of [["filters", siteId], ["defaults"]]) {
      const holder = path[0] === "filters" ? this.content.filters?.[siteId] : this.content.defaults;
      const value = holder?.[name];
      if (value !== undefined)
        return { value: value as NonNullable<typeof value>, file: this.file, line: this.lineOf([...path, name]) };
    }
    return undefined;
  }
}

export const NO_ANSWERS = new Answers("", {}, () => 0);

/** @throws InputError when it is not YAML or says something else than answers */
export function readAnswers(file: string, text: string): Answers {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new InputError(fault.message.split("\n")[0] ?? "malformed YAML", { file, line, column: col });
  }
  const lineOf = (path: readonly string[]): number => {
    const range = (document.getIn(path, true) as { range?: [number, number, number] } | undefined)?.range;
    return range ? lines.linePos(range[0]).line : 1;
  };
  const parsed = answersSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return new Answers(file, parsed.data, lineOf);
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map(String);
  throw new InputError(`${path.join(".") || "answers"}: ${issue?.message ?? "not understood"}`, {
    file,
    line: lineOf(path),
  });
}

/** The file that `audit --questions` writes: every question, commented, for all filters and for each. */
export function writeQuestions(siteIds: readonly string[]): string {
  return `# What moonshift cannot read from the scripts. Fill in, then: moonshift audit --answers THIS-FILE PATH...
# What you leave out counts as not known.

defaults:
  # Peak of requests per second that one proxy (one pod) sees.
  # requestsPerSecond: 500

  # Is the script changed more often than about once a month, or has it to be changed within minutes at times?
  # changesOften: false

  # Languages that compile to Wasm and that the team would maintain a filter in.
  # teamLanguages: [typescript, rust, go]

  # What runs in the cluster: decides whether a TrafficExtension (Istio 1.30) can be used, and which Lua methods exist.
  # istioVersion: "1.30"
  # envoyVersion: "1.38"

# The same, where one filter is different.
filters:
${siteIds.length === 0 ? "  {}\n" : siteIds.map((id) => `  ${JSON.stringify(id)}: {}\n`).join("")}`;
}
