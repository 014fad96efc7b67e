import { Metadata } from "./metadata";
import { EnvoyObject, mortal, ROUTE_METADATA } from "./object";

// @ts-ignore: decorator
@unmanaged
export class Route extends EnvoyObject {
  metadata(line: i32 = 0): Metadata {
    this.checkAlive(line);
    return mortal<Metadata>(ROUTE_METADATA);
  }
}
