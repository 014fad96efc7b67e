import { incrementMetric, metric, recordMetric } from "../host";
import { longArgument } from "./argument";
import { amountOf } from "./metric-amount";
import { EnvoyObject } from "./object";

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
