import { EnvoyObject } from "./object";
import { sslConnection, SslConnection } from "./ssl-connection";

// @ts-ignore: decorator
@unmanaged
export class Connection extends EnvoyObject {
  /** Null on plain text. */
  ssl(line: i32 = 0): SslConnection | null {
    this.checkAlive(line);
    return sslConnection();
  }
}
