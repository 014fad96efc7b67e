import { incrementMetric, metric, recordMetric } from "../host";
import { longArgument } from "./argument";
import { amountOf } from "./metric-amount";
import { EnvoyObject } from "./object";

/** Like all metrics it never dies: what a reference has as epoch is the host's number of the metric. */
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
