import type { GotoStatement, LabelStatement } from "../lua/ast.js";
import { indent } from "./print.js";

/** A statement of the generated file that `break` leaves: a loop of the Lua, or what stands for a label. */
export interface Construct {
  /** A loop of the Lua, which its `break` means. */
  readonly isLoop: boolean;
  /** Jumps that leave this construct for one further out. */
  readonly crossings: Map<LabelStatement | Construct, Crossing>;
}

interface Crossing {
  readonly flag: string;
  readonly target: Construct;
  /** What is to be done inside of the target, once control is there. */
  readonly action: readonly string[];
}

/** What a `goto` to a label becomes. */
export type Landing =
  | { readonly kind: "leave"; readonly construct: Construct }
  | { readonly kind: "continue"; readonly construct: Construct }
  /** `at = 2; continue;`: to one of the labels of a `switch`. */
  | { readonly kind: "dispatch"; readonly construct: Construct; readonly assignment: string }
  /** To the end of the function. */
  | { readonly kind: "return"; readonly lines: readonly string[] };

/** Where a label is reached from: in front of it or behind it. */
interface LabelLandings {
  readonly forward?: Landing;
  readonly backward?: Landing;
}

/**
 * The jumps of one function. AssemblyScript has no labels: a jump out of more than the innermost construct sets a flag that is looked at behind each
 * construct on its way.
 *
 *     let gotoDone = false;
 *     while (…) {
 *       if (…) { gotoDone = true; break; }
 *     }
 *     if (gotoDone) break;
 */
export class Jumps {
  private readonly constructs: Construct[] = [];
  private readonly landings = new Map<LabelStatement, LabelLandings>();

  /** @param declare a name that is new in the whole function */
  constructor(private readonly declare: (wanted: string) => string) {}

  land(label: LabelStatement, landings: LabelLandings): void {
    this.landings.set(label, { ...this.landings.get(label), ...landings });
  }

  /** The lines of a construct, with the flags that its jumps need. */
  inside(construct: Construct, print: () => readonly string[]): readonly string[] {
    this.constructs.push(construct);
    const lines = print();
    this.constructs.pop();
    const before: string[] = [];
    const behind: string[] = [];
    for (const { flag, target, action } of construct.crossings.values()) {
      const arrived = this.constructs.at(-1) === target;
      if (arrived) before.push(`let ${flag} = false;`);
      behind.push(...conditional(flag, arrived ? action : ["break;"]));
    }
    return [...before, ...lines, ...behind];
  }

  /** `break` of the Lua. */
  leaveLoop(): readonly string[] {
    const loop = this.constructs.findLast(({ isLoop }) => isLoop) as Construct;
    return this.jump(loop, loop, ["break;"], "stopped");
  }

  /** To the beginning of a function whose whole body stands inside of a loop. */
  anew(loop: Construct): readonly string[] {
    return this.jump(loop, loop, ["continue;"], "anew");
  }

  goto({ range }: GotoStatement, label: LabelStatement): readonly string[] {
    const landings = this.landings.get(label);
    const landing = range[0] < label.range[0] ? landings?.forward : landings?.backward;
    const { name } = label.label;
    if (!landing) throw new Error(`no place for the label ${name}`);
    const wanted = `goto${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    switch (landing.kind) {
      case "return":
        return landing.lines;
      case "leave":
        return this.jump(landing.construct, label, ["break;"], wanted);
      case "continue":
        return this.jump(landing.construct, label, ["continue;"], wanted);
      case "dispatch":
        return this.jump(landing.construct, label, [landing.assignment, "continue;"], wanted);
    }
  }

  private jump(
    target: Construct,
    key: LabelStatement | Construct,
    action: readonly string[],
    wanted: string,
  ): readonly string[] {
    const crossed = this.constructs.slice(this.constructs.indexOf(target) + 1);
    const [outermost] = crossed;
    if (!outermost) return action;
    const flag = outermost.crossings.get(key)?.flag ?? this.declare(wanted);
    for (const construct of crossed) construct.crossings.set(key, { flag, target, action });
    return [`${flag} = true;`, "break;"];
  }
}

export function construct(isLoop: boolean): Construct {
  return { isLoop, crossings: new Map() };
}

function conditional(flag: string, action: readonly string[]): readonly string[] {
  const [only, ...more] = action;
  return more.length === 0 ? [`if (${flag}) ${only}`] : [`if (${flag}) {`, ...indent(action), "}"];
}
