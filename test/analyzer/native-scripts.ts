interface NativeScript {
  readonly name: string;
  readonly script: string;
  /** Where nothing is known of the filter's place. */
  readonly feature: string;
  /** In an EnvoyFilter for selected gateways. */
  readonly inGateway: string;
}

/** Scripts that are a feature, one of each. */
export const NATIVE_SCRIPTS: readonly NativeScript[] = [
  {
    name: "constant headers",
    feature: "Envoy's header_mutation filter",
    inGateway: "VirtualService header operations",
    script: `local TEAM = "shop"
local function tag(handle)
  handle:headers():replace("X-Team", TEAM)
end
function envoy_on_request(handle)
  tag(handle)
  handle:headers():remove("x-debug")
end
function envoy_on_response(handle)
  handle:headers():add("x-served-by", "gateway " .. TEAM)
  handle:headers():remove("server")
end
`,
  },
  {
    name: "refused by header",
    feature: "Envoy's RBAC filter",
    inGateway: "AuthorizationPolicy",
    script: `local BLOCKED = "evil"
function envoy_on_request(handle)
  local headers = handle:headers()
  local path = headers:get(":path")
  local tenant = headers:get("x-tenant")
  if tenant == nil or tenant == BLOCKED then
    handle:logWarn("refused " .. path)
    handle:respond({ [":status"] = "403", ["content-type"] = "text/plain" }, "Forbidden")
  elseif headers:get(":method") == "DELETE" and not (tenant == "admin") then
    handle:respond({ [":status"] = 403 }, "Forbidden")
  end
  if string.sub(path, 1, 7) == "/admin/" and headers:get("x-internal") ~= "yes" then
    return handle:respond({ [":status"] = "403" }, "Forbidden")
  end
end
`,
  },
  {
    name: "refused by a part of a header",
    feature: "Envoy's RBAC filter",
    inGateway: "Envoy's RBAC filter",
    script: `function envoy_on_request(handle)
  local agent = handle:headers():get("user-agent") or ""
  if agent:find("BadBot", 1, true) or agent:match("^curl/") then
    handle:respond({ [":status"] = "403" }, "no bots")
  end
end
`,
  },
  {
    name: "CORS",
    feature: "Envoy's CORS filter",
    inGateway: "CORS policy of a VirtualService",
    script: `local ORIGIN = "https://app.example"
function envoy_on_request(handle)
  if handle:headers():get(":method") == "OPTIONS" then
    handle:respond({
      [":status"] = "204",
      ["access-control-allow-origin"] = ORIGIN,
      ["access-control-allow-methods"] = "GET, POST",
      ["access-control-allow-headers"] = "content-type",
      ["access-control-allow-credentials"] = "true",
      ["access-control-max-age"] = "600",
    })
  end
end
function envoy_on_response(handle)
  handle:headers():replace("access-control-allow-origin", ORIGIN)
  handle:headers():replace("access-control-allow-credentials", "true")
end
`,
  },
  {
    name: "redirect",
    feature: "VirtualService redirect",
    inGateway: "VirtualService redirect",
    script: `function envoy_on_request(handle)
  local headers = handle:headers()
  if headers:get("x-forwarded-proto") == "http" then
    handle:respond({ [":status"] = "308", ["location"] = "https://" .. headers:get(":authority") .. headers:get(":path") }, "")
  end
end
`,
  },
  {
    name: "fixed response",
    feature: "VirtualService direct response",
    inGateway: "VirtualService direct response",
    script: `function envoy_on_request(handle)
  if handle:headers():get("x-maintenance") then
    handle:respond({ [":status"] = "503", ["retry-after"] = "60" }, "back soon")
  end
end
`,
  },
  {
    name: "local rate limit",
    feature: "Envoy's local rate limit filter",
    inGateway: "Envoy's local rate limit filter",
    script: `local LIMIT = 5
local count, start = 0, 0
function envoy_on_request(handle)
  local now = os.time()
  if now - start >= 600 then
    start = now
    count = 0
  end
  count = count + 1
  if count > LIMIT then
    handle:respond({ [":status"] = "429" }, "slow down")
  end
end
`,
  },
];
