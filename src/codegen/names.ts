/** Words that a Lua name must not become: AssemblyScript's own, and what the generated file imports. */
const RESERVED = new Set(
  (
    "abstract as async await break case catch class const continue constructor debugger declare default delete do else enum export " +
    "extends false finally for from function get if implements import in instanceof interface is keyof let module namespace new null " +
    "of operator package private protected public readonly return set static super switch this throw true try type typeof " +
    "undefined unreachable var void while with yield bool f32 f64 i8 i16 i32 i64 isize u8 u16 u32 u64 usize v128 string number boolean " +
    "symbol object any never lua table math bit os json cjson base64 format Str Table Value Values Closure Box State main visit " +
    "coroutine waits memory load store sizeof offsetof alignof changetype idof nameof isInteger isFloat isString isArray isFunction isNullable isDefined " +
    "isConstant isManaged isVoid isReference instantiate min max abs ceil floor sqrt trunc nearest clz ctz popcnt rotl rotr " +
    "reinterpret select copysign NaN Infinity abort trace seed Math Mathf Date Array Map Set String Number Boolean Object Function " +
    "Error Symbol RegExp JSON Handle Headers Buffer Metadata StreamInfo DynamicMetadata FilterState Connection SslConnection ParsedName " +
    "PublicKey VirtualHost Route StatsScope Counter Gauge Histogram HeadersPairs MetadataPairs DynamicMetadataPairs printLine  console process crypto self pattern assert bswap add sub mul div eq ne lt gt le ge rem shl shr and or xor"
  ).split(" "),
);

/** Gives every variable of a function a name that AssemblyScript takes, the Lua's own where it can be. */
export class Names {
  private readonly scopes: Set<string>[] = [new Set()];
  private readonly used = new Set<string>();

  constructor(private readonly outer: TopLevelNames) {}

  push(): void {
    this.scopes.push(new Set());
  }

  pop(): void {
    this.scopes.pop();
  }

  /** A name that is visible nowhere yet: `x`, or `x_2` where an outer `x` is meant to stay reachable. */
  declare(wanted: string): string {
    const identifier = wanted.replace(/[^A-Za-z0-9_]+/g, "_");
    const base = RESERVED.has(identifier) ? `${identifier}_` : identifier;
    let name = base;
    for (let n = 2; this.isTaken(name); n++) name = `${base}_${n}`;
    this.scopes.at(-1)?.add(name);
    this.use(name);
    return name;
  }

  /** How many names were declared in all. */
  get count(): number {
    return this.used.size;
  }

  /** A name that is new in the whole function and seen in all of it. */
  declareForFunction(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.used.has(name) || this.isTaken(name); n++) name = `${wanted}_${n}`;
    this.scopes[0]?.add(name);
    this.use(name);
    return name;
  }

  private use(name: string): void {
    this.used.add(name);
    this.outer.inner.add(name);
  }

  private isTaken(name: string): boolean {
    return this.outer.taken.has(name) || this.scopes.some((scope) => scope.has(name));
  }
}

/** Unique names at the top level of the file. */
export class TopLevelNames {
  readonly taken = new Set<string>();
  /** Names inside of functions, which would hide a later name of the file. */
  readonly inner = new Set<string>();
  /** The number that the next name of the same base is tried with: those below it are taken for good. */
  private readonly next = new Map<string, number>();

  declare(wanted: string): string {
    const identifier = wanted.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(\d)/, "_$1") || "_";
    const base = RESERVED.has(identifier) ? `${identifier}_` : identifier;
    let n = this.next.get(base) ?? 1;
    let name: string;
    do name = n === 1 ? base : `${base}_${n}`;
    while (n++ && (this.taken.has(name) || this.inner.has(name)));
    this.next.set(base, n);
    this.taken.add(name);
    return name;
  }
}
