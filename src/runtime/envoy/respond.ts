// `respond` as Envoy's binding does it.
import { checkString, checkTable } from "../check";
import { raiseText } from "../error";
import { sendLocalResponse } from "../host";
import { RESPONDED, RESPONSE, run } from "../run";
import { EMPTY, Str } from "../str";
import { absent, isNil, Value } from "../value";
import { numbered } from "./argument";
import { HeaderList } from "./header-list";

const STATUS = Str.of(":status");
const DETAILS = Str.of("lua_response");
// @ts-ignore: decorator
@lazy const NAME = "respond";

/** Sends the reply; the script has to end with it. */
export function send(headers: Value, body: Value, line: i32): void {
  if (YIELDS && run.headersContinued) raiseText("respond() cannot be called if headers have been continued", line);
  const table = checkTable(headers, numbered(1, line), NAME, line, headers == absent),
    content = body == absent || isNil(body) ? EMPTY : checkString(body, numbered(2, line), NAME, line);
  const list = HeaderList.fromTable(table, body == absent ? 1 : 2, NAME, line),
    // Several become one text with commas, which is no number.
    status = list.valuesOf(STATUS) == 1 ? statusOf(list.find(STATUS)) : 0;
  if (status < 200 || status > 599) raiseText(":status must be between 200-599", line);
  if (run.direction == RESPONSE) raiseText("respond not currently supported in the response path", line);
  sendLocalResponse(status, DETAILS, list.without(STATUS).serialize(), content);
  run.state = RESPONDED;
}

/** 0 when it is not a number, as for absl::SimpleAtoi: white space around it and a plus sign are fine. */
function statusOf(text: Str | null): i32 {
  if (!text) return 0;
  let from: u32 = 0,
    to = text.byteLength;
  while (from < to && isSpace(text.at(from))) from++;
  while (from < to && isSpace(text.at(to - 1))) to--;
  if (from < to && text.at(from) == 43) from++;
  let status: i32 = 0;
  if (from == to) return 0;
  for (; from < to; from++) {
    const digit = text.at(from) - 48;
    if (digit > 9) return 0;
    status = min(status * 10 + <i32>digit, 1000);
  }
  return status;
}

function isSpace(c: u32): bool {
  return c == 32 || c - 9 < 5;
}
