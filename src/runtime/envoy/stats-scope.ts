import { cString } from "../c-string";
import { checkString } from "../check";
import { message, raise } from "../error";
import { defineMetric } from "../host";
import { concat2, Str } from "../str";
import { Userdata } from "../userdata";
import { absent, isNil } from "../value";
import { boxed, numbered, stringArgument } from "./argument";
import { Counter } from "./counter";
import { Gauge } from "./gauge";
import { Histogram } from "./histogram";
import { COUNTER, EnvoyObject, GAUGE, HISTOGRAM } from "./object";

/** The host's types of metrics. */
const COUNTER_TYPE: i32 = 0;
const GAUGE_TYPE: i32 = 1;
const HISTOGRAM_TYPE: i32 = 2;

// @ts-ignore: decorator
@unmanaged
export class StatsScope extends EnvoyObject {
  counter<N>(name: N, line: i32 = 0): Counter {
    this.checkAlive(line);
    return Userdata.of<Counter>(COUNTER, defineMetric(COUNTER_TYPE, cString(stringArgument<N>(name, 1, "counter", line))));
  }

  gauge<N>(name: N, line: i32 = 0): Gauge {
    this.checkAlive(line);
    return Userdata.of<Gauge>(GAUGE, defineMetric(GAUGE_TYPE, cString(stringArgument<N>(name, 1, "gauge", line))));
  }

  histogram<N, U>(name: N, unit: U, line: i32): Histogram {
    this.checkAlive(line);
    const text = cString(stringArgument<N>(name, 1, "histogram", line));
    const given = boxed<U>(unit);
    if (given != absent && !isNil(given)) checkUnit(cString(checkString(given, numbered(2, line), "histogram", line)), line);
    return Userdata.of<Histogram>(HISTOGRAM, defineMetric(HISTOGRAM_TYPE, text));
  }
}

const MS = Str.of("ms");
const MILLISECONDS = Str.of("milliseconds");
const MICROSECONDS = Str.of("microseconds");
const NANOSECONDS = Str.of("nanoseconds");
const BYTES = Str.of("bytes");
const UNSPECIFIED = Str.of("unspecified");
const EXPECTED = Str.of("', expected 'ms', 'milliseconds', 'microseconds', 'nanoseconds', 'bytes', or 'unspecified'");

function checkUnit(unit: Str, line: i32): void {
  if (unit == MS || unit == MILLISECONDS || unit == MICROSECONDS || unit == NANOSECONDS) return;
  if (unit == BYTES || unit == UNSPECIFIED) return;
  raise(concat2(message("invalid histogram unit '", unit, ""), EXPECTED), line);
}
