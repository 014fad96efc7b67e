import { parseScript } from "../lua/parse.js";
import { resolveScript } from "../lua/resolve.js";
import type { Script } from "../lua/script.js";
import type { Facts } from "./tracking/facts.js";
import { trackValues } from "./tracking/track-values.js";
import type { JudgeLanguage, LanguageObstacles } from "./verdict.js";

/** What is true of a script wherever it stands. */
export interface Study {
  readonly script: Script;
  readonly facts: Facts;
  /** What the compiler says of it; asked once. */
  language(judge: JudgeLanguage): LanguageObstacles;
}

/** @throws LuaSyntaxError */
export function studyScript(text: string): Study {
  const script = resolveScript(parseScript(text));
  const facts = trackValues(script);
  let verdict: LanguageObstacles | undefined;
  return {
    script,
    facts,
    language(judge) {
      verdict ??= judge(script, facts);
      return verdict;
    },
  };
}

/** The studies of the texts that came last. */
export class StudyCache {
  private readonly studies = new Map<string, Study>();
  private characters = 0;

  /** @param capacity characters of the texts that are remembered; a study takes about a hundred times its text */
  constructor(private readonly capacity: number) {}

  /** @throws LuaSyntaxError */
  of(text: string): Study {
    const known = this.studies.get(text);
    const study = known ?? studyScript(text);
    // A map remembers the order of insertion: the first one is the one that was not asked for longest.
    if (known) this.studies.delete(text);
    else this.characters += text.length;
    this.studies.set(text, study);
    for (const oldest of this.studies.keys()) {
      if (this.characters <= this.capacity) break;
      this.studies.delete(oldest);
      this.characters -= oldest.length;
    }
    return study;
  }
}
