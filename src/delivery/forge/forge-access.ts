import { InputError, MissingError } from "../../support/failure.js";

/** How to reach a forge. */
export interface ForgeAccess {
  /** Address of its API, without a slash at the end. */
  readonly api: string;
  /** Of its repositories: `https://github.com`. */
  readonly origin: string;
  /** Of the repository: `acme/mesh`. */
  readonly path: string;
  readonly token: string;
}

/** What a forge's answer means for the user. `said` is the forge's own message. */
export function forgeFailure(
  forge: string,
  { path, token }: ForgeAccess,
  status: number | undefined,
  said: string,
): Error {
  const message = said
    .replaceAll(token, "…")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .slice(0, 300);
  const pushed = "the branch is pushed; run it again once that is mended";
  if (status === undefined) return new MissingError(`${forge} cannot be reached (${message}); ${pushed}`);
  if (status === 401 || status === 403)
    return new MissingError(
      `${forge} does not let this token open a pull request in ${path} (${status}: ${message}); ${pushed}`,
    );
  if (status === 404)
    return new MissingError(`${forge} knows no ${path}, or does not show it to this token; ${pushed}`);
  if (status >= 500 || status === 429)
    return new MissingError(`${forge} is in trouble (${status}: ${message}); ${pushed}`);
  return new InputError(`${forge} refuses the pull request (${status}: ${message}); ${pushed}`);
}
