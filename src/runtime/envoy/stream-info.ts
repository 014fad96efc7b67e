import { property } from "../host";
import { EMPTY, Str } from "../str";
import { Table } from "../table";
import { stringArgument } from "./argument";
import { DynamicMetadata } from "./dynamic-metadata";
import { FilterState } from "./filter-state";
import { DYNAMIC_METADATA, EnvoyObject, FILTER_STATE, mortal } from "./object";
import { sslConnection, SslConnection } from "./ssl-connection";
import { typedMetadata } from "./typed-metadata";

// @ts-ignore: decorator
@unmanaged
export class StreamInfo extends EnvoyObject {
  protocol(line: i32 = 0): Str {
    return this.read(PROTOCOL, line);
  }

  routeName(line: i32 = 0): Str {
    return this.read(ROUTE_NAME, line);
  }

  downstreamLocalAddress(line: i32 = 0): Str {
    return this.read(LOCAL_ADDRESS, line);
  }

  downstreamRemoteAddress(line: i32 = 0): Str {
    return this.read(REMOTE_ADDRESS, line);
  }

  requestedServerName(line: i32 = 0): Str {
    return this.read(SERVER_NAME, line);
  }

  dynamicMetadata(line: i32 = 0): DynamicMetadata {
    this.checkAlive(line);
    return mortal<DynamicMetadata>(DYNAMIC_METADATA);
  }

  /** Null when there is none under that name, or none of a known type. */
  dynamicTypedMetadata<F>(filter: F, line: i32 = 0): Table | null {
    this.checkAlive(line);
    return typedMetadata(stringArgument<F>(filter, 1, "dynamicTypedMetadata", line));
  }

  filterState(line: i32 = 0): FilterState {
    this.checkAlive(line);
    return mortal<FilterState>(FILTER_STATE);
  }

  /** Null on plain text. */
  downstreamSslConnection(line: i32 = 0): SslConnection | null {
    this.checkAlive(line);
    return sslConnection();
  }

  private read(path: Str, line: i32): Str {
    this.checkAlive(line);
    return property(path) || EMPTY;
  }
}

const PROTOCOL = Str.of("request\0protocol");
const ROUTE_NAME = Str.of("xds\0route_name");
const LOCAL_ADDRESS = Str.of("destination\0address");
const REMOTE_ADDRESS = Str.of("source\0address");
const SERVER_NAME = Str.of("connection\0requested_server_name");
