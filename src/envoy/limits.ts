/** What belongs to no method and no Wasm filter can do as Lua does; announced in the verdict of each script that it concerns. */
export const LIMITS = {
  unseenReplies:
    "replies that are given before the request has reached the filter (400 and 426 of the connection manager, a refusal by a filter in front of it: ext_authz, jwt_authn, RBAC, " +
    "CORS, fault) pass Lua's envoy_on_response but no Wasm filter, and no manifest changes that; answers of the router, of direct_response routes and of filters behind it do. " +
    "Way out, by hand: a filter that stands first in the chain (INSERT_FIRST) sees the refusals of all filters behind it, but does its work on responses after all of these",
  routeLookedAtOnce:
    "which filter a route switches on is decided once, when the request arrives; with Lua the route is asked again after its cache was cleared, and for the response",
} as const;
