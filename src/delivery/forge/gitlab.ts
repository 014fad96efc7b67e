import { z } from "zod";
import type { Forge, OpenedPullRequest, PullRequest } from "./forge.js";
import { type ForgeAccess, forgeFailure } from "./forge-access.js";
import { gitEnvironment } from "./git-environment.js";

/** GitLab, wherever it runs. */
export function gitLab(access: ForgeAccess): Forge {
  return {
    name: "GitLab",
    gitEnvironment: gitEnvironment(access.origin, "oauth2", access.token),
    bring: (wanted) => bring(access, wanted),
  };
}

const mergeRequest = z.object({
  iid: z.number(),
  web_url: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  target_branch: z.string(),
});

async function bring(
  access: ForgeAccess,
  { title, body, base, branch, draft }: PullRequest,
): Promise<OpenedPullRequest> {
  const wanted = { title: draft ? `Draft: ${title}` : title, description: body, target_branch: base };
  const query = new URLSearchParams({ source_branch: branch, state: "opened" });
  const [open] = z.array(mergeRequest).parse(await call(access, "GET", `?${query}`));
  if (open === undefined) {
    const fields = { ...wanted, source_branch: branch, remove_source_branch: true };
    const created = mergeRequest.parse(await call(access, "POST", "", fields));
    return { url: created.web_url, outcome: "opened" };
  }
  const same = open.title === wanted.title && open.description === body && open.target_branch === base;
  if (same) return { url: open.web_url, outcome: "unchanged" };
  await call(access, "PUT", `/${open.iid}`, wanted);
  return { url: open.web_url, outcome: "updated" };
}

async function call(access: ForgeAccess, method: string, rest: string, fields?: object): Promise<unknown> {
  const url = `${access.api}/projects/${encodeURIComponent(access.path)}/merge_requests${rest}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        "private-token": access.token,
        ...(fields === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(fields === undefined ? {} : { body: JSON.stringify(fields) }),
      // A redirect would carry the token to wherever it leads.
      redirect: "error",
    });
  } catch (error) {
    const { cause, message } = error as Error;
    throw forgeFailure("GitLab", access, undefined, (cause as Error | undefined)?.message ?? message);
  }
  const text = await response.text();
  if (!response.ok) throw forgeFailure("GitLab", access, response.status, text);
  return JSON.parse(text) as unknown;
}
