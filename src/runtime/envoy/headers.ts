import { cString } from "../c-string";
import { raiseDead, raiseText } from "../error";
import { canonical, freshPairs, header, headerAt, headerCount, noteRemoval, noteReplacement, noteWrite, overPairs, Pairs } from "../header-map";
import { addHeader, removeHeader, replaceHeader } from "../host";
import { run } from "../run";
import { Str } from "../str";
import { integerArgument, stringArgument } from "./argument";
import { beginIteration, endIteration, isIterating } from "./iteration";
import { EnvoyObject, TRAILERS } from "./object";

/** A header map, or the trailers. */
// @ts-ignore: decorator
@unmanaged
export class Headers extends EnvoyObject {
  /** The host's number for it. */
  // @ts-ignore: decorator
  @inline
  private get map(): u32 {
    return (run.direction << 1) | <u32>(this.kind == TRAILERS);
  }

  add<K, V>(key: K, value: V, line: i32 = 0): void {
    this.checkModifiable(line);
    const name = cString(stringArgument<K>(key, 1, "add", line));
    addHeader(this.map, name, cString(stringArgument<V>(value, 2, "add", line)));
    noteWrite(this.map, canonical(this.map, name));
  }

  replace<K, V>(key: K, value: V, line: i32 = 0): void {
    this.checkModifiable(line);
    const name = cString(stringArgument<K>(key, 1, "replace", line));
    const text = cString(stringArgument<V>(value, 2, "replace", line));
    replaceHeader(this.map, name, text);
    noteReplacement(this.map, canonical(this.map, name), text);
  }

  remove<K>(key: K, line: i32 = 0): void {
    this.checkModifiable(line);
    const name = cString(stringArgument<K>(key, 1, "remove", line));
    removeHeader(this.map, name);
    noteRemoval(this.map, canonical(this.map, name));
  }

  get<K>(key: K, line: i32 = 0): Str | null {
    this.checkAlive(line);
    return header(this.map, stringArgument<K>(key, 1, "get", line));
  }

  getAtIndex<K, I>(key: K, index: I, line: i32 = 0): Str | null {
    this.checkAlive(line);
    const name = stringArgument<K>(key, 1, "getAtIndex", line);
    return headerAt(this.map, name, integerArgument<I>(index, 2, "getAtIndex", line));
  }

  getNumValues<K>(key: K, line: i32 = 0): f64 {
    this.checkAlive(line);
    return <f64>headerCount(this.map, stringArgument<K>(key, 1, "getNumValues", line));
  }

  /** Raises when another iteration was not completed. */
  pairs(line: i32): HeaderPairs {
    this.checkAlive(line);
    if (isIterating(this.kind)) raiseText("cannot create a second iterator before completing the first", line);
    beginIteration(this.kind);
    return HeaderPairs.start(this.map, this.kind);
  }

  private checkModifiable(line: i32): void {
    this.checkAlive(line);
    if (isIterating(this.kind)) raiseText("header map cannot be modified while iterating", line);
    if (YIELDS && run.headersContinued && this.kind != TRAILERS) raiseText("header map can no longer be modified", line);
  }
}

/** `for key, value in pairs(headers)`: the headers as they were when it began, in their order, repeated ones apart. */
// @ts-ignore: decorator
@unmanaged
export class HeaderPairs extends Pairs {
  private kind: u32;
  private epoch: u32;

  static start(map: u32, kind: u32): HeaderPairs {
    const self = overPairs<HeaderPairs>(freshPairs(map));
    self.kind = kind;
    self.epoch = run.epoch;
    return self;
  }

  next(line: i32 = 0): bool {
    if (YIELDS && this.epoch != run.epoch) raiseDead(line);
    if (this.advance()) return true;
    endIteration(this.kind);
    return false;
  }
}
