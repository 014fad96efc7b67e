import { tmpdir } from "node:os";
import { InputError, MissingError } from "../../support/failure.js";

const KNOWN: readonly { readonly sign: RegExp; readonly say: (said: string) => Error }[] = [
  {
    // Git seldom says why it cannot write a file; hardly anything else can be the reason in a folder of our own.
    sign: /No space left on device|Disk quota exceeded|unable to write file|write error|unable to create temporary file/i,
    say: (said) =>
      new MissingError(`git cannot write (${said}): is the disk full? Free some space in ${tmpdir()} and run it again`),
  },
  {
    sign: /stale info|fetch first|non-fast-forward|cannot lock ref/i,
    say: () => new InputError("somebody else pushed to the branch in the meantime; nothing was pushed, run it again"),
  },
  {
    sign: /protected branch|GH006|GH013|hook declined|not allowed to (?:force )?push|refusing to update checked out branch/i,
    say: (said) =>
      new InputError(
        `the remote refuses the branch (${said}); nothing was pushed: allow it there, or name another with --branch`,
      ),
  },
  {
    sign: /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied \(|error: 40[13]|HTTP Basic: Access denied|access denied/i,
    say: (said) =>
      new MissingError(
        `the remote does not let us in (${said}): set GITHUB_TOKEN or GITLAB_TOKEN, or give git credentials of its own`,
      ),
  },
  {
    sign: /Could not resolve host|Couldn't connect|Connection (?:refused|timed out|reset)|unable to access|Network is unreachable|Could not resolve hostname/i,
    say: (said) => new MissingError(`the remote cannot be reached (${said})`),
  },
  {
    sign: /not found|does not exist|does not appear to be a git repository|not a git repository/i,
    say: (said) => new InputError(`not a repository that can be read (${said})`),
  },
];

/** What git says on standard error, in a line that says what to do. */
export function gitFailure(args: readonly string[], stderr: string): Error {
  const text = withoutSecrets(stderr);
  const known = KNOWN.find(({ sign }) => sign.test(text));
  if (known !== undefined) return known.say(telling(text, known.sign));
  return new InputError(
    `git ${args.find((arg) => !arg.startsWith("-")) ?? ""} failed: ${telling(text, /fatal:|error:/)}`,
  );
}

/** The line that says it, without git's own prefixes: the remote's own words where it has any. */
function telling(text: string, sign: RegExp): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.filter((line) =>
    /^remote: (?!Resolving|Counting|Compressing|Enumerating|Processing)\S/.test(line),
  );
  const line =
    said.find((one) => sign.test(one)) ?? said[0] ?? lines.find((one) => sign.test(one)) ?? lines.at(-1) ?? "";
  return line
    .replace(/^(?:(?:remote|fatal|error):\s*)+/i, "")
    .replace(/^\s*!\s*\[[^\]]*\]\s*/, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/** Addresses may carry a password, and headers a token, whoever put them there. */
function withoutSecrets(text: string): string {
  return text.replace(/(\w+:\/\/)[^\s/@]+@/g, "$1…@").replace(/(authorization:\s*\w+)\s+\S+/gi, "$1 …");
}
