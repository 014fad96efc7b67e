import type { LuaSite } from "../../manifest/lua-site.js";
import {
  type Alternatives,
  type Answer,
  alternatives,
  constantText,
  type Literal,
  type Text,
  union,
} from "./behaviour.js";
import { butForLogs, doesNothing, type NativeRule, type NativeSubject, statusOf } from "./native-rule.js";
import { virtualService } from "./print-resource.js";

const REDIRECTS = new Set(["301", "302", "303", "307", "308"]);

/** Requests are answered by the proxy, all in the same way: a redirect that keeps the path, or a fixed response. */
export const answeredRequests: NativeRule = (subject) => {
  const same = sameAnswer(subject);
  if (!same) return undefined;
  const { answer, status, when } = same;
  const { site, behaviour } = subject;
  const { range } = answer;
  const redirect = REDIRECTS.has(status);
  const feature = redirect ? "VirtualService redirect" : "VirtualService direct response";
  const route = redirect ? redirectOf(answer, status) : directResponseOf(answer, status);
  const match = matchesOf(when);
  if (!route || !match || !isRouted(site)) {
    const because = !isRouted(site)
      ? "it answers requests by itself, in the same way always"
      : `it answers requests with ${status}, but not in a way of which it is certain that a route can do the same`;
    return { may: feature, because, range };
  }
  return {
    feature,
    because: `${behaviour ? butForLogs(behaviour) : ""}all it does is ${redirect ? "redirect" : "answer"} with ${status}`,
    resource: virtualService(
      site,
      { ...(match.length > 0 && { match }), ...route.rule },
      { routes: false, comments: route.comments },
    ),
    range,
  };
};

interface SameAnswer {
  readonly answer: Answer;
  readonly status: string;
  readonly when: Alternatives;
}

function sameAnswer({ behaviour }: NativeSubject): SameAnswer | undefined {
  if (!behaviour?.request || !doesNothing(behaviour.response)) return undefined;
  if (behaviour.request.some(({ writes }) => writes.length > 0)) return undefined;
  const answered = behaviour.request.filter(({ answer }) => answer);
  const [first] = answered;
  const status = first && statusOf(first);
  if (!first?.answer || status === undefined || !/^[2-5]\d\d$/.test(status)) return undefined;
  const shapes = new Set(answered.map(({ answer }) => JSON.stringify([[...(answer?.headers ?? [])], answer?.body])));
  const each = answered.map(({ path }) => alternatives(path));
  if (shapes.size > 1 || each.some((one) => one === undefined)) return undefined;
  return { answer: first.answer, status, when: union(each as Alternatives[]) };
}

function isRouted({ source, filter }: LuaSite): boolean {
  return (
    source.kind === "EnvoyFilter" && (filter.patchContext === "GATEWAY" || filter.patchContext === "SIDECAR_OUTBOUND")
  );
}

interface RouteAnswer {
  readonly rule: object;
  readonly comments: readonly string[];
}

/** `https://` and the request's own or another host, and the request's own path: all that a route keeps as it is. */
function redirectOf({ headers, body }: Answer, status: string): RouteAnswer | undefined {
  const location = headers.get("location");
  if (!location || (body.length > 0 && constantText(body) !== "")) return undefined;
  if ([...headers.keys()].some((name) => name !== ":status" && name !== "location")) return undefined;
  const target = targetOf(location);
  if (!target) return undefined;
  const comments = target.authority === undefined ? ["A default port (`:80`, `:443`) in `host` is dropped."] : [];
  return { rule: { redirect: { ...target, redirectCode: Number(status) } }, comments };
}

function targetOf(location: Text): { readonly scheme: string; readonly authority?: string } | undefined {
  const [start, host, path, ...more] = location;
  if (typeof start !== "string" || more.length > 0) return undefined;
  const [, scheme, authority] = /^(https?):\/\/([\w.:-]*)$/.exec(start) ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  const isOwn = (part: Text[number] | undefined, name: string): boolean =>
    typeof part === "object" && part.header === name;
  if (authority !== "") return isOwn(host, ":path") && path === undefined ? { scheme, authority } : undefined;
  return isOwn(host, ":authority") && isOwn(path, ":path") ? { scheme } : undefined;
}

function directResponseOf({ headers, body }: Answer, status: string): RouteAnswer | undefined {
  const text = constantText(body);
  const set = [...headers].filter(([name]) => name !== ":status").map(([name, value]) => [name, constantText(value)]);
  if (text === undefined || set.some(([, value]) => value === undefined)) return undefined;
  return {
    rule: {
      directResponse: { status: Number(status), ...(text !== "" && { body: { string: text } }) },
      ...(set.length > 0 && { headers: { response: { set: Object.fromEntries(set) } } }),
    },
    comments: [],
  };
}

/** One match per alternative; none when every request is meant. Undefined for what a route cannot tell. */
function matchesOf(when: Alternatives): readonly object[] | undefined {
  if (when.some((literals) => literals.length === 0)) return [];
  const matches = when.map(matchOf);
  return matches.some((one) => one === undefined) ? undefined : (matches as object[]);
}

const FIELDS: Readonly<Record<string, string>> = {
  ":authority": "authority",
  ":method": "method",
  ":scheme": "scheme",
  ":path": "uri",
};

function matchOf(literals: readonly Literal[]): object | undefined {
  const match: Record<string, unknown> = {};
  const lists: Record<string, Record<string, object>> = {};
  for (const { header, match: how, value, positive } of literals) {
    const field = FIELDS[header];
    const list = positive ? "headers" : "withoutHeaders";
    // `:path` has the query with it, a route's `uri` has not.
    const isUri = field === "uri" && (how !== "prefix" || value.includes("?"));
    if (how === "contains" || isUri || (field !== undefined && (!positive || match[field]))) return undefined;
    if (field !== undefined) {
      match[field] = { [how]: value };
      continue;
    }
    lists[list] ??= {};
    if (lists[list][header]) return undefined;
    lists[list][header] = how === "present" ? {} : { [how]: value };
  }
  return { ...match, ...lists };
}
