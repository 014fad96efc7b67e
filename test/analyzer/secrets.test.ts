import { expect, test } from "vitest";
import { secretKind } from "../../src/analyzer/secrets/secret-kind.js";

test.each([
  ["AKIAIOSFODNN7EXAMPLQ", "key"],
  ["Basic dXNlcjpodW50ZXIyMg==", "authorization"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLXZhbHVl", ""],
  ["-----BEGIN RSA PRIVATE KEY-----", ""],
  ["9f8Zq2LmX7vT4bRw1KdY", "api_key"],
  ["hunter22!", "db_password"],
])("%s as %j is a secret", (value, name) => {
  expect(secretKind(value, name)).toBeDefined();
});

test.each([
  ["x-api-key", "api_key_header"],
  ["X-Api-Key", "api_key"],
  ["access_token", "token"],
  ["REDACTED", "password"],
  ["YOUR_BOUNCER_KEY", "X-Api-Key"],
  ["$(DB_PASSWORD_1)", "password"],
  ["{{ .Values.secret }}", "client_secret"],
  ["/etc/secrets/token", "token"],
  ["https://login.example.com/token", "token_url"],
  ["no token given", "error_token"],
  ["9f8Zq2LmX7vT4bRw1KdY", "request_id"],
  ["short1", "password"],
])("%s as %j is none", (value, name) => {
  expect(secretKind(value, name)).toBeUndefined();
});
