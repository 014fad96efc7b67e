import { cString } from "../c-string";
import { checkString } from "../check";
import { message, raise, raiseText } from "../error";
import { defineMetric, incrementMetric, metric, recordMetric } from "../host";
import { concat2, Str } from "../str";
import { Userdata } from "../userdata";
import { absent, isNil } from "../value";
import { boxed, longArgument, stringArgument } from "./argument";
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
    if (given != absent && !isNil(given)) checkUnit(cString(checkString(given, 2, "histogram", line)), line);
    return Userdata.of<Histogram>(HISTOGRAM, defineMetric(HISTOGRAM_TYPE, text));
  }
}

const MS = Str.of("ms");
const MILLISECONDS = Str.of("milliseconds");
const MICROSECONDS = Str.of("microseconds");
const BYTES = Str.of("bytes");
const UNSPECIFIED = Str.of("unspecified");
const EXPECTED = Str.of("', expected 'ms', 'milliseconds', 'microseconds', 'bytes', or 'unspecified'");

function checkUnit(unit: Str, line: i32): void {
  if (unit == MS || unit == MILLISECONDS || unit == MICROSECONDS || unit == BYTES || unit == UNSPECIFIED) return;
  raise(concat2(message("invalid histogram unit '", unit, ""), EXPECTED), line);
}

/** A metric: what a reference to an object has as epoch is the host's number of it. They never die. */
// @ts-ignore: decorator
@unmanaged
export class Counter extends EnvoyObject {
  inc(_line: i32 = 0): void {
    incrementMetric(this.epoch, 1);
  }

  add<N>(amount: N, line: i32): void {
    // Recording adds to a counter; incrementing would refuse 0.
    recordMetric(this.epoch, amountOf(longArgument<N>(amount, 1, "add", line), "counter add amount must be non-negative", line));
  }

  value(_line: i32 = 0): f64 {
    return <f64>metric(this.epoch);
  }
}

// @ts-ignore: decorator
@unmanaged
export class Gauge extends EnvoyObject {
  inc(_line: i32 = 0): void {
    incrementMetric(this.epoch, 1);
  }

  dec(_line: i32 = 0): void {
    incrementMetric(this.epoch, -1);
  }

  add<N>(amount: N, line: i32): void {
    incrementMetric(this.epoch, <i64>amountOf(longArgument<N>(amount, 1, "add", line), "gauge add amount must be non-negative", line));
  }

  sub<N>(amount: N, line: i32): void {
    incrementMetric(this.epoch, -<i64>amountOf(longArgument<N>(amount, 1, "sub", line), "gauge sub amount must be non-negative", line));
  }

  set<N>(amount: N, line: i32): void {
    recordMetric(this.epoch, amountOf(longArgument<N>(amount, 1, "set", line), "gauge set value must be non-negative", line));
  }

  value(_line: i32 = 0): f64 {
    return <f64>metric(this.epoch);
  }
}

// @ts-ignore: decorator
@unmanaged
export class Histogram extends EnvoyObject {
  recordValue<N>(amount: N, line: i32): void {
    recordMetric(this.epoch, amountOf(longArgument<N>(amount, 1, "recordValue", line), "histogram value must be non-negative", line));
  }
}

function amountOf(n: i64, problem: string, line: i32): u64 {
  if (n < 0) raiseText(problem, line);
  return <u64>n;
}
