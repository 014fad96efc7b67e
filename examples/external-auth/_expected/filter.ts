import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Closure, Str, Table, Value, Values } from "./runtime/lua";
import * as format from "./runtime/format";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import { BearerMatch, TextMatch } from "./patterns";

const GET = Str.of("GET");
const HEAD = Str.of("HEAD");
const OPTIONS = Str.of("OPTIONS");
const U_04X = Str.of("\\u%04x");
const QUOTE = Str.of("\"");
const METHOD = Str.of(":method");
const POST = Str.of("POST");
const PATH = Str.of(":path");
const VERIFY = Str.of("/verify");
const AUTHORITY = Str.of(":authority");
const AUTH_SERVICE_PLATFORM = Str.of("auth-service.platform");
const CONTENT_TYPE = Str.of("content-type");
const APPLICATION_JSON = Str.of("application/json");
const TIMEOUT_MS = Str.of("timeout_ms");
const SEND_XFF = Str.of("send_xff");
const STATUS = Str.of(":status");
const X_USER_ID = Str.of("x-user-id");
const AUTHORIZATION = Str.of("authorization");
const EMPTY = Str.of("");
const STATUS_401 = Str.of("401");
const WWW_AUTHENTICATE = Str.of("www-authenticate");
const BEARER_2 = Str.of("Bearer");
const UNAUTHORIZED = Str.of("Unauthorized\n");
const DENIED = Str.of("Denied\n");
const EXTERNAL_AUTH_NO_ANSWER = Str.of("external-auth: no answer (");
const LET_THROUGH = Str.of("), let through");
const X_AUTH_DEGRADED = Str.of("x-auth-degraded");
const TRUE = Str.of("true");
const REFUSED = Str.of("), refused");
const STATUS_503 = Str.of("503");
const RETRY_AFTER = Str.of("retry-after");
const FIVE = Str.of("5");
const AUTHORIZATION_IS_NOT_AVAILABLE = Str.of("Authorization is not available\n");
const LUA_AUTH_SERVICE = Str.of("lua-auth-service");
const PUBLIC = Str.of("/public/");

const AUTH_CLUSTER: Str = LUA_AUTH_SERVICE;
const AUTH_TIMEOUT_MS: f64 = 500;
let FAIL_OPEN: Table = changetype<Table>(0);
const PUBLIC_PREFIX: Str = PUBLIC;

function json_string_function(self: Closure, count: i32, char: Value, b: Value, c: Value): Value {
  const callerLine = lua.namedLine();
  return lua.return1(
    lua.string(
      format.format(
        U_04X,
        Values.create(1).add(lua.numberOrNil(string.byteAt(lua.checkString(char, 1, "byte", 9), 1))),
        callerLine
      )
    )
  );
}

function json_string(text: Value): Str {
  const escaped = pattern.replace<TextMatch>(
    lua.checkString(text, 1, "gsub", 8),
    lua.fn(Closure.create(json_string_function.index)),
    lua.ABSENT,
    8
  );
  return lua.concat3(QUOTE, escaped, QUOTE);
}

// Status, headers and body of the service's answer.
function ask(handle: Handle, method: Str | null, path: Str | null, token: Value): Value {
  const question = lua.concat6(
    Str.of("{\"method\":"),
    json_string(lua.optional(method)),
    Str.of(",\"path\":"),
    json_string(lua.optional(path)),
    Str.of(",\"token\":"),
    lua.concat2(json_string(token), Str.of("}"))
  );
  const reply = handle.httpCall(
    AUTH_CLUSTER,
    Table.create(0, 4)
      .field(METHOD, lua.string(POST))
      .field(PATH, lua.string(VERIFY))
      .field(AUTHORITY, lua.string(AUTH_SERVICE_PLATFORM))
      .field(CONTENT_TYPE, lua.string(APPLICATION_JSON)),
    question,
    Table.create(0, 2).field(TIMEOUT_MS, lua.number(AUTH_TIMEOUT_MS)).field(SEND_XFF, lua.boolean(false)),
    lua.absent,
    18
  );
  const headers = reply.at(1);
  const body = reply.at(2);
  return lua.return3(lua.tonumber(lua.indexString(headers, STATUS, 24, "local 'headers'")), headers, body);
}

export function envoy_on_request(handle: Handle): void {
  let headers = handle.headers(28);
  const method: Str | null = headers.get(METHOD, 29);
  const path: Str | null = headers.get(PATH, 29);
  // Only the service says who the user is.
  headers.remove(X_USER_ID, 31);

  if (string.sub(lua.checkOptionalString(path, 1, "sub", 33), 1, PUBLIC_PREFIX.length) == PUBLIC_PREFIX) {
    return;
  }
  const token = pattern.matchValues<BearerMatch>(headers.get(AUTHORIZATION, 36) || EMPTY);
  if (!lua.truthy(token)) {
    handle.respond(
      Table.create(0, 2).field(STATUS, lua.string(STATUS_401)).field(WWW_AUTHENTICATE, lua.string(BEARER_2)),
      UNAUTHORIZED,
      38
    );
    return;
  }

  const status = ask(handle, method, path, token);
  const answer = lua.result(2);
  const body = lua.result(3);

  // The request waited: what was fetched from the handle before is not valid any more.
  headers = handle.headers(45);
  if (lua.equals(status, lua.number(200))) {
    if (lua.truthy(lua.indexString(answer, X_USER_ID, 47, "local 'answer'"))) {
      headers.replace(X_USER_ID, lua.indexString(answer, X_USER_ID, 48, "local 'answer'"), 48);
    }
  } else if (lua.equals(status, lua.number(401)) || lua.equals(status, lua.number(403))) {
    handle.logInfo(
      lua.concat5(
        Str.of("external-auth: "),
        format.text(lua.optional(method)),
        Str.of(" "),
        format.text(lua.optional(path)),
        Str.of(" denied")
      ),
      51
    );
    handle.respond(
      Table.create(0, 1).field(STATUS, lua.string(lua.tostring(status, 52))),
      lua.or(body, lua.string(DENIED)),
      52
    );
  } else if (lua.truthy(FAIL_OPEN.get(lua.optional(method)))) {
    handle.logWarn(lua.concat3(EXTERNAL_AUTH_NO_ANSWER, lua.tostring(status, 54), LET_THROUGH), 54);
    headers.replace(X_AUTH_DEGRADED, TRUE, 55);
  } else {
    handle.logErr(lua.concat3(EXTERNAL_AUTH_NO_ANSWER, lua.tostring(status, 57), REFUSED), 57);
    handle.respond(
      Table.create(0, 2).field(STATUS, lua.string(STATUS_503)).field(RETRY_AFTER, lua.string(FIVE)),
      AUTHORIZATION_IS_NOT_AVAILABLE,
      58
    );
  }
}

/** The script's top level, run when the filter is configured. */
export function main(): void {
  // What may go on without an answer of the service.
  FAIL_OPEN = Table.create(0, 3)
    .field(GET, lua.boolean(true))
    .field(HEAD, lua.boolean(true))
    .field(OPTIONS, lua.boolean(true));
}
