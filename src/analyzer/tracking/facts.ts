/** What value tracking found out about a script: the material the rules are made of. One entry per place in the script. */
import type { Method, ObjectName } from "../../envoy/index.js";
import type { AnyCall, Expression, FunctionDeclaration, Identifier, Node, Statement } from "../../lua/ast.js";
import type { Binding } from "../../lua/script.js";
import type { Direction, HeldObject, Value } from "./value.js";

/** When and how a place is reached. */
export interface Where {
  /** `load`: the script's top level. `unreached`: in a function that neither the top level nor a hook calls. */
  readonly phase: "load" | Direction | "unreached";
  /** Not every run of the hook comes here. */
  readonly guarded: boolean;
  /** Loops around it, in the hook and the functions it calls. */
  readonly loops: number;
  /** Inside a `pcall`: an error does not end the script. */
  readonly caught: boolean;
  /** Inside a function that `gsub` or `sort` calls: the script cannot be suspended there. */
  readonly callback: boolean;
  /** The calls that lead here from the hook, outermost first. */
  readonly chain: readonly AnyCall[];
}

export interface Argument {
  /** Undefined for a value that an earlier call in the list gave besides its first. */
  readonly node: Expression | undefined;
  readonly value: Value;
}

export type Operation = "concatenate" | "index" | "call" | "arithmetic" | "compare" | "length" | "argument" | "iterate";

/** An operation that raises an error, at least for some requests. */
export interface Fault {
  readonly operation: Operation;
  /** The whole expression. */
  readonly node: Node;
  readonly operand: Node;
  readonly value: Value;
  /** `nil`: the operand may be nil; `none`: a call that may give no value; `type`: it certainly has a wrong type. */
  readonly problem: "nil" | "none" | "type";
  /** `argument`: of which function, which one (from 1), and what it takes; `compare`: the other side's type; `index`: the key. */
  readonly detail: {
    readonly function?: string;
    readonly argument?: number;
    readonly expected?: string;
    readonly other?: string;
    readonly key?: string;
  };
  /** A condition around it depends on the value in a way that is not understood. */
  readonly suspect: boolean;
  readonly where: Where;
}

export interface MethodCall {
  readonly node: AnyCall;
  readonly object: HeldObject;
  readonly name: string;
  /** Undefined when the object has no such method. */
  readonly method: Method | undefined;
  readonly arguments: readonly Argument[];
  /** The last argument may stand for any number of values. */
  readonly open: boolean;
  readonly where: Where;
  readonly waitsBefore: number;
  readonly headersGone: Node | undefined;
  readonly iterating: Node | undefined;
  /** The `body()` that the run waited for before. */
  readonly bodySeen: Node | undefined;
  readonly bodyStreamed: Node | undefined;
  /** A side call that the run waited for before. */
  readonly sideCall: Node | undefined;
  /** The header that is written was removed by the script before. */
  readonly wasRemoved: boolean;
  /** The result is not used. */
  readonly bare: boolean;
}

/** A write of dynamic metadata: one entry for each way in which a place is reached. */
export interface MetadataWrite {
  readonly node: AnyCall;
  /** Undefined when it is not the same for all requests. */
  readonly namespace: string | undefined;
  readonly key: string | undefined;
  readonly direction: Direction | undefined;
  /** The message's headers went on before. */
  readonly headersGone: boolean;
  readonly where: Where;
}

export interface LibraryCall {
  readonly node: AnyCall;
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly where: Where;
}

export interface UnknownMethodCall {
  readonly node: AnyCall;
  readonly on: Value;
  readonly name: string;
  readonly where: Where;
}

/** `handle.headers()`: a method called with a dot and without its object. */
interface SelflessCall {
  readonly node: AnyCall;
  readonly object: ObjectName;
  readonly name: string;
  readonly where: Where;
}

interface MissingArgument {
  readonly node: AnyCall;
  readonly function: string;
  readonly argument: number;
  readonly expected: string;
  readonly where: Where;
}

/** `headers["x"]`, `headers.x`: read from an object that has no such member. */
interface ObjectField {
  readonly node: Expression;
  readonly object: ObjectName;
  readonly field: string;
  readonly where: Where;
}

export interface GlobalUse {
  readonly node: Identifier;
  readonly use: "called" | "indexed" | "read";
  readonly where: Where;
}

export interface Write {
  readonly binding: Binding;
  readonly node: Node;
  readonly value: Value;
  readonly where: Where;
  readonly increments: boolean;
}

interface Read {
  readonly binding: Binding;
  readonly node: Identifier;
  readonly where: Where;
  /** The run wrote it before. */
  readonly written: Node | undefined;
  /** A call between that write and this read may suspend the script. */
  readonly suspendedBetween: Node | undefined;
}

interface DeadObjectUse {
  readonly node: AnyCall | Expression;
  readonly object: HeldObject;
  readonly method: string;
  readonly suspendedAt: Node;
  readonly where: Where;
}

interface Unreachable {
  readonly statement: Statement;
  readonly after: Node;
}

/** `s = s .. x` in a loop. */
interface Concatenation {
  readonly node: Node;
  readonly binding: Binding;
  readonly where: Where;
}

interface KeyedWrite {
  readonly node: Node;
  readonly table: Binding | undefined;
  readonly key: Value;
  readonly value: Value;
  readonly where: Where;
}

interface Comparison {
  readonly node: Node;
  readonly operator: string;
  readonly left: Value;
  readonly right: Value;
  readonly where: Where;
}

/** Everything, in the order of the text where order matters to a reader. */
export interface Facts {
  readonly faults: readonly Fault[];
  readonly methodCalls: readonly MethodCall[];
  readonly metadataWrites: readonly MetadataWrite[];
  readonly libraryCalls: readonly LibraryCall[];
  readonly unknownMethodCalls: readonly UnknownMethodCall[];
  readonly selfless: readonly SelflessCall[];
  readonly missingArguments: readonly MissingArgument[];
  readonly objectFields: readonly ObjectField[];
  readonly undefinedGlobals: readonly GlobalUse[];
  readonly writes: readonly Write[];
  readonly reads: readonly Read[];
  readonly deadObjects: readonly DeadObjectUse[];
  readonly unreachable: readonly Unreachable[];
  readonly concatenations: readonly Concatenation[];
  readonly keyedWrites: readonly KeyedWrite[];
  readonly comparisons: readonly Comparison[];
  readonly hooks: Readonly<Record<Direction, FunctionDeclaration | undefined>>;
  /** Functions that the top level or a hook reaches. */
  readonly reached: ReadonlySet<FunctionDeclaration>;
  /** False when the script was too large to be followed in full: then nothing may be said of what is missing. */
  readonly complete: boolean;
}

/** Reached by a hook or the top level; in a module without hooks every function counts, since others call it. */
export function isLive({ hooks }: Facts, { phase }: Where): boolean {
  return phase !== "unreached" || (hooks.request === undefined && hooks.response === undefined);
}

/** Runs for requests, not only while the script is loaded. */
export function isPerRequest({ phase }: Where): boolean {
  return phase === "request" || phase === "response";
}

/** Where in the run of its hook a place comes: compares the calls that lead there, then the places themselves. */
export function comesBefore(
  a: { readonly node: Node; readonly where: Where },
  b: { readonly node: Node; readonly where: Where },
): boolean {
  const steps = (fact: typeof a): readonly number[] => [
    ...fact.where.chain.map(({ range }) => range[0]),
    fact.node.range[0],
  ];
  const [left, right] = [steps(a), steps(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] ?? 0) < (right[i] ?? 0);
  }
  return left.length < right.length;
}
