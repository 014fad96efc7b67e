import { property } from "../host";
import { EMPTY, Str } from "../str";
import { Table } from "../table";
import { commonName, organizations } from "./distinguished-name";
import { EnvoyObject } from "./object";

const SUBJECT = Str.of("connection\0subject_peer_certificate");

/** The subject of the peer's certificate. */
// @ts-ignore: decorator
@unmanaged
export class ParsedName extends EnvoyObject {
  /** "" if there is none. */
  commonName(line: i32 = 0): Str {
    return commonName(this.subject(line));
  }

  organizationName(line: i32 = 0): Table {
    return organizations(this.subject(line));
  }

  private subject(line: i32): Str {
    this.checkAlive(line);
    return property(SUBJECT) || EMPTY;
  }
}
