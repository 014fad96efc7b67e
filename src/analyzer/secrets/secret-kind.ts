export interface SecretKind {
  readonly what: string;
  /** A format that is a secret whatever it is called, or a value that no person would choose under a name that says so. */
  readonly certain: boolean;
}

/** Formats that give themselves away. */
const FORMATS: readonly { readonly format: RegExp; readonly what: string }[] = [
  { format: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, what: "an AWS access key" },
  { format: /\bgh[pousr]_[A-Za-z0-9]{36,}\b/, what: "a GitHub token" },
  { format: /\bglpat-[\w-]{20,}/, what: "a GitLab token" },
  { format: /\bxox[abprs]-[\w-]{10,}/, what: "a Slack token" },
  { format: /\bsk_live_[A-Za-z0-9]{16,}/, what: "a Stripe key" },
  { format: /\bAIza[\w-]{35}\b/, what: "a Google API key" },
  { format: /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/, what: "a private key" },
  { format: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, what: "a signed JWT" },
  { format: /\bBasic [A-Za-z0-9+/]{12,}={0,2}(?![\w+/])/, what: "a user's name and password (Basic)" },
  { format: /\bBearer [\w.~+/-]{20,}/, what: "a bearer token" },
];

const SECRET_NAME =
  /(passw(or)?d|passwd|pwd|secret|api[-_]?key|apikey|access[-_]?key|private[-_]?key|auth[-_]?token|access[-_]?token|bouncer[-_]?key|signing[-_]?key|hmac[-_]?key|credential|^token$|_token$|-token$)/i;
/** Names that only sound like one: `token_header`, `secret_name`, `password_field`. */
const NOT_A_SECRET_NAME =
  /(header|name|field|param|path|url|uri|endpoint|prefix|suffix|cookie|type|file|regex|pattern|length|len|expir|ttl|issuer|realm|message|error|key_?id|public)/i;

const PLACEHOLDER =
  /(redacted|your|example|change|replace|dummy|sample|placeholder|insert|todo|xxx|\*\*\*|<.+>|\$[({]|\{\{|%s|^test|^secret$|^password$|^token$|\.\.\.)/i;

/** What kind of secret a string is, judged by its format and by what it is called. */
export function secretKind(value: string, name: string): SecretKind | undefined {
  if (PLACEHOLDER.test(value)) return undefined;
  const known = FORMATS.find(({ format }) => format.test(value));
  if (known) return { what: known.what, certain: true };
  if (!SECRET_NAME.test(name) || NOT_A_SECRET_NAME.test(name)) return undefined;
  // A word, a sentence, a path, a header name: nothing that was drawn at random.
  if (value.length < 8 || /\s/.test(value) || /^(https?:|[./])/.test(value) || /^x-[a-z-]+$/i.test(value))
    return undefined;
  const certain = value.length >= 16 && entropy(value) >= 3.5 && /\d/.test(value) && /[A-Za-z]/.test(value);
  return certain || /\d/.test(value) || /[!@#$%^&*+=]/.test(value)
    ? { what: `what looks like a secret (\`${name}\`)`, certain }
    : undefined;
}

/** Bits per character (Shannon). */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
