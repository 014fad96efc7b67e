import type { FunctionDeclaration, Node } from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";
import type { Values } from "./expressions.js";
import type { FlowState } from "./flow-state.js";
import type { Tracker } from "./tracker.js";
import type { Implications, Learnt, NilReason, Types, Value } from "./value.js";
import { keyNumber } from "./value-keys.js";

/** What following a call came to. Keys are those of the call that was followed. */
interface Summary {
  readonly keys: Keys;
  readonly looked: Looked;
  /** Functions inside functions that were followed, the call's own among them. */
  readonly levels: number;
  readonly entered: ReadonlySet<FunctionDeclaration>;
  /** Undefined when the call does not come back. */
  readonly after:
    | { readonly known: Learnt; readonly suspects: readonly string[]; readonly guarded: boolean }
    | undefined;
  readonly results: Values;
  readonly mentioned: readonly Value[];
}

/** Variables of other functions that were read, and what was known of the values in them. */
interface Looked {
  readonly variables: ReadonlyMap<Binding, Value | undefined>;
  readonly values: ReadonlyMap<string, { readonly types: Types | undefined; readonly suspect: boolean }>;
}

/** The keys of the arguments, and the last one that was given out before the call. */
interface Keys {
  readonly given: readonly (string | undefined)[];
  readonly last: number;
}

/** A call that may become a summary, or be a repetition of one. */
export interface Recording {
  readonly fn: FunctionDeclaration;
  readonly signature: string;
  readonly keys: Keys;
  readonly start: FlowState;
  /** Frames around it. */
  readonly base: number;
  readonly depth: number;
  readonly variables: Map<Binding, Value | undefined>;
  readonly entered: Set<FunctionDeclaration>;
  levels: number;
  spoilt: boolean;
  readonly mentions: Value[] | undefined;
  readonly mentioned: Value[];
}

/**
 * Remembers what following a function came to, so that a helper that is called from twenty places with values of the same kind is followed
 * once. Only calls that touch nothing but their own variables are remembered, and only what they looked at decides whether one is a repetition.
 */
export class CallSummaries {
  private readonly summaries = new Map<FunctionDeclaration, Map<string, Summary[]>>();
  /** Outermost first. */
  private recordings: readonly Recording[] = [];

  constructor(private readonly t: Tracker) {}

  /** Something happened that no summary tells. */
  spoil(): void {
    this.keepOnly(() => false);
  }

  /** A variable is read: one of another function decides what the calls around come to. */
  read(binding: Binding, value: Value | undefined): void {
    if (this.recordings.length === 0 || this.isOfCurrent(binding)) return;
    for (const { base, variables } of this.recordings) if (!this.isInside(base, binding)) variables.set(binding, value);
  }

  /** A variable is written. */
  write(binding: Binding): void {
    if (this.recordings.length === 0 || this.isOfCurrent(binding)) return;
    this.keepOnly(({ base }) => this.isInside(base, binding));
  }

  private isOfCurrent({ owner }: Binding): boolean {
    return owner.node === this.t.frames.at(-1)?.node;
  }

  private isInside(base: number, { owner }: Binding): boolean {
    return this.t.frames.findLastIndex(({ node }) => node === owner.node) >= base;
  }

  /** A function is entered: how often it was entered before is looked at, since recursion is followed only so far. */
  enter(fn: FunctionDeclaration): void {
    if (this.recordings.length === 0) return;
    const first = this.t.frames.findIndex(({ node }) => node === fn);
    if (first !== -1) this.keepOnly(({ base }) => base <= first);
    for (const recording of this.recordings) {
      recording.entered.add(fn);
      recording.levels = Math.max(recording.levels, this.t.depth + 1 - recording.depth);
    }
  }

  private keepOnly(isKept: (recording: Recording) => boolean): void {
    if (this.recordings.every(isKept)) return;
    for (const recording of this.recordings) if (!isKept(recording)) recording.spoilt = true;
    this.recordings = this.recordings.filter(isKept);
  }

  /** To be asked before the parameters are bound. Undefined where the call cannot become a summary. */
  begin(fn: FunctionDeclaration, args: readonly Value[], open: boolean): Recording | undefined {
    const { t } = this;
    const start = t.now;
    const signature = start && signatureOf(t, fn, start, args, open);
    if (!start || signature === undefined || t.frames.some(({ node }) => node === fn)) return undefined;
    return {
      fn,
      signature,
      keys: { given: args.map(({ key }) => key), last: t.keys.last },
      start,
      base: t.frames.length,
      depth: t.depth,
      variables: new Map(),
      entered: new Set([fn]),
      levels: 1,
      spoilt: false,
      mentions: t.mentions,
      mentioned: [],
    };
  }

  /**
   * Follows a call, or repeats what an earlier one like it came to.
   * @param body is given the arguments to follow the call with
   */
  follow(recording: Recording, args: readonly Value[], body: (args: readonly Value[]) => Values): Values {
    const earlier = this.summaries
      .get(recording.fn)
      ?.get(recording.signature)
      ?.find((one) => this.isSame(one, recording));
    if (earlier) return this.repeat(earlier, recording);
    return this.record({ ...recording, start: recording.start.copy() }, args, body);
  }

  private record(recording: Recording, args: readonly Value[], body: (args: readonly Value[]) => Values): Values {
    const { t } = this;
    this.recordings = [...this.recordings, recording];
    t.mentions = recording.mentioned;
    const results = body(args.map((value) => watched(value, () => this.keepOnly((one) => one !== recording))));
    t.mentions = recording.mentions;
    t.mentions?.push(...recording.mentioned);
    this.recordings = this.recordings.filter((one) => one !== recording);
    const summary = recording.spoilt ? undefined : summarised(t, recording, results);
    if (summary) this.remember(recording, summary);
    return results;
  }

  private remember({ fn, signature }: Recording, summary: Summary): void {
    const ofFunction = this.summaries.get(fn) ?? new Map<string, Summary[]>();
    this.summaries.set(fn, ofFunction);
    ofFunction.set(signature, [...(ofFunction.get(signature) ?? []), summary]);
  }

  private isSame({ looked, levels, entered }: Summary, { start, depth, keys }: Recording): boolean {
    const { t } = this;
    if (depth + levels > t.maxDepth || t.frames.some(({ node }) => entered.has(node as FunctionDeclaration)))
      return false;
    for (const [binding, value] of looked.variables) if (start.values.get(binding) !== value) return false;
    for (const [key, { types, suspect }] of looked.values)
      if (start.known.get(key) !== types || start.suspects.has(key) !== suspect) return false;
    return !knowsParts(start, looked, keys);
  }

  private repeat({ keys, looked, levels, entered, after, results, mentioned }: Summary, recording: Recording): Values {
    const { t } = this;
    for (const [binding, value] of looked.variables) this.read(binding, value);
    for (const outer of this.recordings) {
      for (const fn of entered) outer.entered.add(fn);
      outer.levels = Math.max(outer.levels, recording.depth + levels - outer.depth);
    }
    const rename = renaming(keys, recording.keys, t.freshKey);
    t.mentions?.push(...mentioned.map((value) => renamed(value, rename)));
    t.endedBy = undefined;
    if (!after || !t.now) t.now = undefined;
    else {
      for (const [key, types] of after.known) t.now.known.set(rename(key), types);
      for (const key of after.suspects) t.now.suspects.set(rename(key), true);
      t.now.guarded = after.guarded;
    }
    return { values: results.values.map((value) => renamed(value, rename)), open: results.open };
  }
}

/** Everything a call can see of its arguments and of where it stands; undefined for what is too much to compare. */
function signatureOf(
  t: Tracker,
  fn: FunctionDeclaration,
  start: FlowState,
  args: readonly Value[],
  open: boolean,
): string | undefined {
  if (args.length > fn.parameters.length || fn.parameters.some(({ type }) => type !== "Identifier")) return undefined;
  const parts: unknown[] = [t.phase, t.loops, t.caught > 0, t.callbacks > 0, start.guarded, open];
  parts.push(t.extendedLibraries.size, t.libraryAdditions.size);
  const given = args.map(({ key }) => key);
  for (const value of args) {
    if (value.object || value.callees || value.table) return undefined;
    const { types, key, nil, constant, sources, assembled, implies } = value;
    const isFresh = key === undefined || FRESH.test(key);
    parts.push(types, start.typesOf(value), start.isSuspect(value), typeof constant, constant, assembled, !implies);
    parts.push(isFresh ? given.indexOf(key) : key, sources ? [...sources].toSorted() : [], nil ? reasonOf(nil) : "");
  }
  return JSON.stringify(parts);
}

/** What an argument implies speaks of the caller's values: a call that looks at it is like no other. */
class WatchedImplications implements Implications {
  constructor(
    private readonly implies: Implications,
    private readonly looked: () => void,
  ) {}

  get truthy(): Learnt {
    this.looked();
    return this.implies.truthy;
  }

  get falsy(): Learnt {
    this.looked();
    return this.implies.falsy;
  }
}

function watched(value: Value, looked: () => void): Value {
  return value.implies ? { ...value, implies: new WatchedImplications(value.implies, looked) } : value;
}

const FRESH = /^#\d+$/;

/** A reason in words, the same for the same reason. */
function reasonOf(nil: NilReason): unknown {
  return Object.entries(nil).map(([name, value]) => {
    if (name === "at") return (value as Node).range;
    return name === "binding" ? (value as Binding).assignments[0]?.node.range : value;
  });
}

function summarised(t: Tracker, recording: Recording, results: Values): Summary | undefined {
  const { keys, start, variables, levels, entered, mentioned } = recording;
  if (!t.complete || t.endedBy || !results.values.every(isPlain)) return undefined;
  const values = lookedAt(start, [...variables.values()]);
  if (!values) return undefined;
  const looked = { variables, values };
  if (knowsParts(start, looked, keys)) return undefined;
  const { now } = t;
  const known = new Map<string, Types>();
  for (const [key, types] of now?.known ?? []) if (start.known.get(key) !== types) known.set(key, types);
  const suspects = [...(now?.suspects.keys() ?? [])].filter((key) => !start.suspects.has(key));
  const isTold = (key: string): boolean => isOwn(key, keys) || values.has(key);
  if (![...known.keys(), ...suspects].every(isTold)) return undefined;
  return { keys, looked, levels, entered, after: now && { known, suspects, guarded: now.guarded }, results, mentioned };
}

function isPlain({ object, callees, table, implies }: Value): boolean {
  return !object && !callees && !table && !(implies instanceof WatchedImplications);
}

/** What was known at the start of the values in `variables`, and of what is in them. Undefined where they hold what may change unseen. */
function lookedAt(start: FlowState, variables: readonly (Value | undefined)[]): Looked["values"] | undefined {
  const looked = new Map<string, { types: Types | undefined; suspect: boolean }>();
  const look = (key: string | undefined): void => {
    if (key !== undefined) looked.set(key, { types: start.known.get(key), suspect: start.suspects.has(key) });
  };
  const waiting = [...variables];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (!value) continue;
    if (value.object || value.implies || value.callees?.some(({ kind }) => kind === "method" || kind === "iterator"))
      return undefined;
    look(value.key);
    look(value.nil?.family);
    if (value.table) waiting.push(...value.table.fields.values(), value.table.other);
  }
  return looked;
}

/** Something is known of a part (`value.name`) of what the call looked at. */
function knowsParts(start: FlowState, { values }: Looked, { given }: Keys): boolean {
  const isLookedAt = (key: string): boolean => values.has(key) || given.includes(key);
  for (const map of [start.known, start.suspects]) {
    for (const key of map.keys()) {
      for (let dot = key.indexOf("."); dot !== -1; dot = key.indexOf(".", dot + 1))
        if (isLookedAt(key.slice(0, dot))) return true;
    }
  }
  return false;
}

/** The key of an argument or of what the call made, or of a part of one. */
function isOwn(key: string, { given, last }: Keys): boolean {
  return keyNumber(key) > last || given.some((one) => one !== undefined && (key === one || key.startsWith(`${one}.`)));
}

/** Keys of the call that was followed, as those of the call that repeats it. */
function renaming(from: Keys, to: Keys, freshKey: () => string): (key: string) => string {
  const fresh = new Map<string, string>();
  return (key) => {
    for (const [i, one] of from.given.entries())
      if (one !== undefined && (key === one || key.startsWith(`${one}.`)))
        return `${to.given[i]}${key.slice(one.length)}`;
    const root = /^#(\d+)/.exec(key);
    if (!root || Number(root[1]) <= from.last) return key;
    const own = fresh.get(root[0]) ?? freshKey();
    fresh.set(root[0], own);
    return own + key.slice(root[0].length);
  };
}

function renamed(value: Value, rename: (key: string) => string): Value {
  const { key, implies } = value;
  if (key === undefined && !implies) return value;
  return {
    ...value,
    ...(key !== undefined && { key: rename(key) }),
    ...(implies && { implies: renamedImplications(implies, rename) }),
  };
}

function renamedImplications({ truthy, falsy }: Implications, rename: (key: string) => string): Implications {
  const all = (learnt: Learnt): Learnt => new Map([...learnt].map(([key, types]) => [rename(key), types]));
  return { truthy: all(truthy), falsy: all(falsy) };
}
