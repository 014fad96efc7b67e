import { Builder } from "../builder";
import { cString } from "../c-string";
import { message, raise } from "../error";
import { callForeign, lastResult, NOT_FOUND, OK, property } from "../host";
import { addText } from "../protobuf";
import { concat2, concat3, concat4, EMPTY, Str } from "../str";
import { absent, isNil, isNumber, isString, nil, number, string, Value } from "../value";
import { boxed, stringArgument } from "./argument";
import { EnvoyObject } from "./object";

const FILTER_STATE = Str.of("filter_state\0");
const NUL = Str.of("\0");
const SET_FILTER_STATE = Str.of("set_envoy_filter_state");

/** Fields of SetEnvoyFilterStateArguments; its life span is FilterChain when not written. */
const PATH: u32 = 1;
const VALUE: u32 = 2;

// @ts-ignore: decorator
@unmanaged
export class FilterState extends EnvoyObject {
  /** An object as text, or one of its fields; nil when there is none. */
  get<N, F>(name: N, field: F, line: i32): Value {
    this.checkAlive(line);
    const object = concat2(FILTER_STATE, cString(stringArgument<N>(name, 1, "get", line))),
      part = boxed<F>(field);
    if (part == absent || isNil(part)) {
      const text = property(object);
      return text ? string(isEmptyMap(text) ? EMPTY : text) : nil;
    }
    // What is asked of an object that is not there is not looked at.
    if (!isString(part) && !isNumber(part) && !property(object)) return nil;
    const value = property(concat3(object, NUL, cString(stringArgument<Value>(part, 2, "get", line))));
    if (!value) return nil;
    return isInteger(value) ? number(<f64>load<i64>(value.bytes)) : string(value);
  }

  /** Raises for a key that is not also the name of its factory: the host cannot tell the two apart. */
  set<K, F, P>(key: K, factory: F, payload: P, line: i32): void {
    this.checkAlive(line);
    const name = cString(stringArgument<K>(key, 1, "set", line)),
      factoryName = cString(stringArgument<F>(factory, 2, "set", line)),
      text = cString(stringArgument<P>(payload, 3, "set", line));
    if (name != factoryName) raise(message("filter state '", name, "' cannot be set: its key is not its factory's name"), line);
    const argument = Builder.create(64);
    addText(argument, PATH, name);
    addText(argument, VALUE, text);
    callForeign(SET_FILTER_STATE, argument.finish());
    if (lastResult == NOT_FOUND) raise(message("'", factoryName, "' does not have an object factory"), line);
    if (lastResult != OK) {
      const problem = concat4(Str.of("failed to create an object '"), name, Str.of("' from value '"), text);
      raise(concat2(problem, Str.of("'")), line);
    }
  }
}

/** An object that has fields comes as a list of no pairs: four zero bytes. */
function isEmptyMap(text: Str): bool {
  return text.byteLength == 4 && !load<u32>(text.bytes);
}

/** Whether the eight bytes of a field are a number rather than text. */
function isInteger(value: Str): bool {
  if (value.byteLength != 8) return false;
  for (let i: u32 = 0; i < 8; i++) {
    const byte = value.at(i);
    if (byte < 32 || byte > 126) return true;
  }
  return false;
}
