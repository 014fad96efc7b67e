import type { Node } from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";
import { SharedMap } from "./shared-map.js";
import {
  ANY,
  any,
  FALSY,
  type HeldObject,
  type Implications,
  joinValues,
  type Learnt,
  type Types,
  type Value,
} from "./value.js";
import { isAmong, keyNumber, type ValueKeys } from "./value-keys.js";

/** How far the message that the running hook looks at has got. */
export interface MessageProgress {
  /** The call after which headers had gone on: they can no longer be changed. */
  readonly headersGone: Node | undefined;
  /** `body()` returned: it will not suspend again. */
  readonly bodySeen: Node | undefined;
  /** `bodyChunks()` or `trailers()` let the body pass. */
  readonly bodyStreamed: Node | undefined;
  /** A `pairs(headers)` that is not finished. */
  readonly iterating: Node | undefined;
  /** A side call that the script waited for. */
  readonly sideCall: Node | undefined;
}

const untouched: MessageProgress = {
  headersGone: undefined,
  bodySeen: undefined,
  bodyStreamed: undefined,
  iterating: undefined,
  sideCall: undefined,
};

/** A write to a variable that outlives the request. */
export interface SharedWrite {
  readonly node: Node;
  readonly waits: number;
}

/** What is known at one point of the script's run. Copied where paths part, joined where they meet. */
export class FlowState {
  constructor(
    readonly values: SharedMap<Binding, Value> = new SharedMap(),
    /** What conditions have taught of values, by key. */
    readonly known: SharedMap<string, Types> = new SharedMap(),
    /** Keys and families on which a condition depends in a way that is not understood. */
    readonly suspects: SharedMap<string, true> = new SharedMap(),
    readonly sharedWrites: SharedMap<Binding, SharedWrite> = new SharedMap(),
    /** How often each header was written: what was read before a write is another value than what is read after it. */
    readonly headerWrites: SharedMap<string, number> = new SharedMap(),
    /** Calls so far that may have suspended the script. */
    public waits = 0,
    public lastWait: Node | undefined = undefined,
    public message: MessageProgress = untouched,
    /** Not every run of the hook comes here. */
    public guarded = false,
  ) {}

  copy(): FlowState {
    return new FlowState(
      this.values.copy(),
      this.known.copy(),
      this.suspects.copy(),
      this.sharedWrites.copy(),
      this.headerWrites.copy(),
      this.waits,
      this.lastWait,
      this.message,
      this.guarded,
    );
  }

  /** The types that `value` can still have here. */
  typesOf(value: Value): Types {
    return value.key === undefined ? value.types : value.types & (this.known.get(value.key) ?? ANY);
  }

  /** `value` with what was learnt of it applied. */
  narrowed(value: Value): Value {
    const types = this.typesOf(value);
    return types === value.types ? value : { ...value, types };
  }

  /** From here on `value` has one of `types`. False when that cannot be: nothing comes here. */
  learn(value: Value, types: Types): boolean {
    if (value.key !== undefined) this.known.set(value.key, (this.known.get(value.key) ?? ANY) & types);
    if (value.implies) {
      if ((types & FALSY) === 0) return this.learnAll(value.implies.truthy) && this.typesOf(value) !== 0;
      if ((types & ~FALSY) === 0) return this.learnAll(value.implies.falsy) && (value.types & types) !== 0;
    }
    return (this.typesOf(value) & types) !== 0;
  }

  private learnAll(learnt: Learnt): boolean {
    let possible = true;
    for (const [key, types] of learnt) {
      const left = (this.known.get(key) ?? ANY) & types;
      this.known.set(key, left);
      if (left === 0) possible = false;
    }
    return possible;
  }

  isSuspect(value: Value): boolean {
    if (value.key !== undefined && this.suspects.has(value.key)) return true;
    return value.nil?.family !== undefined && this.suspects.has(value.nil.family);
  }

  /** The script was suspended: objects handed out before are dead. */
  suspend(at: Node): void {
    this.waits++;
    this.lastWait = at;
    for (const [binding, value] of this.values) {
      const aged = agedValue(value, at);
      if (aged !== value) this.values.set(binding, aged);
    }
    if (this.message.iterating) this.message = { ...this.message, iterating: undefined };
  }
}

/** Objects that Envoy does not track: they stay usable after the script was suspended. */
const UNTRACKED = new Set(["Handle", "Counter", "Gauge", "Histogram"]);

export function agedObject(object: HeldObject, at: Node): HeldObject {
  return object.dead || UNTRACKED.has(object.name) ? object : { ...object, dead: at };
}

function agedValue(value: Value, at: Node): Value {
  if (!value.object) return value;
  const object = agedObject(value.object, at);
  return object === value.object ? value : { ...value, object };
}

/** The state where two paths meet. `keys` names values that differ. */
export function joinStates(a: FlowState | undefined, b: FlowState | undefined, keys: ValueKeys): FlowState | undefined {
  if (!a || !b) return a ?? b;
  const joined = new FlowState(
    a.values.copy(),
    new SharedMap(),
    joinMaps(a.suspects, b.suspects),
    joinMaps(a.sharedWrites, b.sharedWrites),
    joinCounts(a.headerWrites, b.headerWrites),
    Math.max(a.waits, b.waits),
    a.waits >= b.waits ? a.lastWait : b.lastWait,
    joinMessages(a.message, b.message),
    a.guarded || b.guarded,
  );
  const differing = joinBindings(a, b, joined, keys);
  for (const [key, types] of a.known) {
    const other = b.known.get(key);
    if (other !== undefined && (types | other) !== ANY) joined.known.set(key, types | other);
  }
  if (differing.length > 0) {
    const isHeld = holder(joined, keys);
    const unlike = {
      a: unlikeKeys(a.known, joined.known).filter(isHeld),
      b: unlikeKeys(b.known, joined.known).filter(isHeld),
    };
    for (const one of differing) correlate(one, differing, a, b, joined, unlike, isHeld);
  }
  forgetUnheld(joined);
  return joined;
}

/** Tells of keys whether a variable holds the value or what it is a part of, or whether it can be read again. */
function holder({ values }: FlowState, keys: ValueKeys): (key: string) => boolean {
  let held: ReadonlySet<string> | undefined;
  return (key) => {
    if (!key.startsWith("#")) return true;
    held ??= keys.heldBy(values.values());
    return isAmong(held, key);
  };
}

/** Drops what is known of values that no variable holds any more; keys of headers and other things that can be read again stay. */
function forgetUnheld({ values, known, suspects }: FlowState): void {
  if (known.size + suspects.size < 64) return;
  const held = new Set<string>();
  for (const { key, implies } of values.values()) {
    if (key !== undefined) held.add(key);
    for (const learnt of implies ? [implies.truthy, implies.falsy] : []) for (const one of learnt.keys()) held.add(one);
  }
  const isUnheld = (key: string): boolean => key.startsWith("#") && !held.has(key);
  for (const key of known.keys()) if (isUnheld(key)) known.delete(key);
  for (const key of suspects.keys()) if (isUnheld(key)) suspects.delete(key);
}

/** Drops what was learnt, since the key `last` was given out, of values that neither a variable nor `results` hold; `results` without it. */
export function forgetOwn(
  state: FlowState,
  last: number,
  results: readonly Value[],
  keys: ValueKeys,
): readonly Value[] {
  let held: ReadonlySet<string> | undefined;
  const isGone = (key: string): boolean => {
    if (keyNumber(key) <= last) return false;
    held ??= keys.heldBy(state.values.values(), results);
    return !isAmong(held, key);
  };
  for (const key of state.known.keys()) if (isGone(key)) state.known.delete(key);
  for (const key of state.suspects.keys()) if (isGone(key)) state.suspects.delete(key);
  const without = (learnt: Learnt): Learnt => new Map([...learnt].filter(([key]) => !isGone(key)));
  return results.map((value) => {
    const { implies } = value;
    return implies ? { ...value, implies: { truthy: without(implies.truthy), falsy: without(implies.falsy) } } : value;
  });
}

/** A variable that has another value on either path. */
interface Differing {
  readonly binding: Binding;
  /** Of the joined value. */
  readonly key: string;
  readonly a: Value;
  readonly b: Value;
}

/** What either path has; the second one's where both do. */
function joinMaps<K, V>(a: SharedMap<K, V>, b: SharedMap<K, V>): SharedMap<K, V> {
  const joined = a.copy();
  if (!a.isSameAs(b)) for (const [key, value] of b) joined.set(key, value);
  return joined;
}

/** Where the paths differ, what is read now is neither path's value. */
function joinCounts(a: SharedMap<string, number>, b: SharedMap<string, number>): SharedMap<string, number> {
  const joined = joinMaps(a, b);
  if (a.isSameAs(b)) return joined;
  for (const key of joined.keys()) {
    const [left, right] = [a.get(key) ?? 0, b.get(key) ?? 0];
    joined.set(key, left === right ? left : Math.max(left, right) + 1);
  }
  return joined;
}

/** What one path knows more of than both do. */
function unlikeKeys(known: Learnt, joined: Learnt): readonly string[] {
  const keys: string[] = [];
  for (const [key, types] of known) if (types !== (joined.get(key) ?? ANY)) keys.push(key);
  return keys;
}

/** @param joined begins with the variables of `a` */
function joinBindings(a: FlowState, b: FlowState, joined: FlowState, keys: ValueKeys): readonly Differing[] {
  const differing: Differing[] = [];
  if (a.values.isSameAs(b.values)) return differing;
  // Declared on one path only: nobody reads it after the paths meet, unless it is a global that the other path left alone.
  const alone = (binding: Binding, value: Value): Value => (binding.kind === "global" ? any : value);
  for (const [binding, left] of a.values) {
    const right = b.values.get(binding);
    if (left === right) continue;
    if (!right) {
      joined.values.set(binding, alone(binding, left));
      continue;
    }
    const key = keys.fresh();
    const value = joinValues(a.narrowed(left), b.narrowed(right), key);
    joined.values.set(binding, value);
    if (value.key === key) {
      a.known.set(key, a.typesOf(left));
      b.known.set(key, b.typesOf(right));
    }
    if (a.isSuspect(left) || b.isSuspect(right)) joined.suspects.set(value.key ?? key, true);
    differing.push({ binding, key: value.key ?? key, a: left, b: right });
  }
  for (const [binding, right] of b.values)
    if (!a.values.has(binding)) joined.values.set(binding, alone(binding, right));
  return differing;
}

/** `found = true` was set where `token` was: if `found` holds, `token` is not nil. */
function correlate(
  own: Differing,
  differing: readonly Differing[],
  a: FlowState,
  b: FlowState,
  joined: FlowState,
  unlike: Readonly<Record<"a" | "b", readonly string[]>>,
  isHeld: (key: string) => boolean,
): void {
  const value = joined.values.get(own.binding);
  if (!value || saysNothing(own, a.typesOf(own.a), b.typesOf(own.b))) return;
  const sideOf = (state: FlowState, side: "a" | "b"): Alternative => ({
    types: state.typesOf(own[side]),
    known: state.known,
    unlike: unlike[side],
    implies: translated(own[side].implies, differing, side, isHeld),
  });
  const implies = implicationsOf([sideOf(a, "a"), sideOf(b, "b")], joined.known);
  if (implies) joined.values.set(own.binding, { ...value, implies });
}

/** Nothing can follow from the truth of a value that may be true, or false, on both paths alike. */
function saysNothing({ a, b }: Differing, typesA: Types, typesB: Types): boolean {
  if (a.implies || b.implies) return false;
  return (
    ((typesA & ~FALSY) !== 0) === ((typesB & ~FALSY) !== 0) && ((typesA & FALSY) !== 0) === ((typesB & FALSY) !== 0)
  );
}

/** What was said of a variable's value on one path, said of the joined value. */
function translated(
  implies: Implications | undefined,
  differing: readonly Differing[],
  side: "a" | "b",
  isHeld: (key: string) => boolean,
): Implications | undefined {
  if (!implies) return undefined;
  const rename = (learnt: Learnt): Learnt => {
    const renamed = new Map<string, Types>();
    for (const [key, types] of learnt) if (isHeld(key)) renamed.set(key, types);
    for (const one of differing) {
      const types = learnt.get(one[side].key ?? "");
      if (types !== undefined) renamed.set(one.key, one[side].types & types);
    }
    return renamed;
  };
  return { truthy: rename(implies.truthy), falsy: rename(implies.falsy) };
}

export interface Alternative {
  readonly types: Types;
  readonly known: Learnt;
  /** The keys of `known` of which it says more than the base; where nobody has looked, any may. */
  readonly unlike?: readonly string[];
  readonly implies?: Implications | undefined;
}

/** What the truth of a value that has one of several alternatives says of everything that was learnt beside each. */
export function implicationsOf(alternatives: readonly Alternative[], base: Learnt): Implications | undefined {
  const truthy = commonTo(alternatives, (types) => (types & ~FALSY) !== 0, "truthy", base);
  const falsy = commonTo(alternatives, (types) => (types & FALSY) !== 0, "falsy", base);
  return truthy.size + falsy.size === 0 ? undefined : { truthy, falsy };
}

function commonTo(
  alternatives: readonly Alternative[],
  isPossible: (types: Types) => boolean,
  outcome: keyof Implications,
  base: Learnt,
): Learnt {
  const learnt = new Map<string, Types>();
  const possible = alternatives.filter(({ types }) => isPossible(types));
  const [first, ...others] = possible;
  if (!first || (possible.length === alternatives.length && possible.every(({ implies }) => !implies))) return learnt;
  const typesIn = ({ known, implies }: Alternative, key: string): Types =>
    (known.get(key) ?? ANY) & (implies?.[outcome].get(key) ?? ANY);
  for (const key of new Set([...(first.unlike ?? first.known.keys()), ...(first.implies?.[outcome].keys() ?? [])])) {
    let all = typesIn(first, key);
    for (const other of others) all |= typesIn(other, key);
    const before = base.get(key) ?? ANY;
    if ((all & before) !== before) learnt.set(key, all);
  }
  return learnt;
}

function joinMessages(a: MessageProgress, b: MessageProgress): MessageProgress {
  if (a === b) return a;
  return {
    headersGone: a.headersGone ?? b.headersGone,
    bodySeen: a.bodySeen && b.bodySeen ? a.bodySeen : undefined,
    bodyStreamed: a.bodyStreamed ?? b.bodyStreamed,
    iterating: a.iterating ?? b.iterating,
    sideCall: a.sideCall ?? b.sideCall,
  };
}
