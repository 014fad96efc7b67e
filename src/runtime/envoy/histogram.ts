import { recordMetric } from "../host";
import { longArgument } from "./argument";
import { amountOf } from "./metric-amount";
import { EnvoyObject } from "./object";

// @ts-ignore: decorator
@unmanaged
export class Histogram extends EnvoyObject {
  recordValue<N>(amount: N, line: i32): void {
    recordMetric(this.epoch, amountOf(longArgument<N>(amount, 1, "recordValue", line), "histogram value must be non-negative", line));
  }
}
