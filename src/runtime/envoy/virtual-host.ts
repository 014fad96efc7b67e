import { Metadata } from "./metadata";
import { EnvoyObject, mortal, VIRTUAL_HOST_METADATA } from "./object";

// @ts-ignore: decorator
@unmanaged
export class VirtualHost extends EnvoyObject {
  metadata(line: i32 = 0): Metadata {
    this.checkAlive(line);
    return mortal<Metadata>(VIRTUAL_HOST_METADATA);
  }
}
