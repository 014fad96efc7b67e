import { Octokit } from "@octokit/rest";
import type { Forge, OpenedPullRequest, PullRequest } from "./forge.js";
import { type ForgeAccess, forgeFailure } from "./forge-access.js";
import { gitEnvironment } from "./git-environment.js";

/** GitHub and GitHub Enterprise. */
export function gitHub(access: ForgeAccess): Forge {
  const { api, origin, path, token } = access;
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const octokit = new Octokit({ auth: token, baseUrl: api, userAgent: "moonshift", log: silent });
  const [owner = "", repo = ""] = path.split("/");
  return {
    name: "GitHub",
    gitEnvironment: gitEnvironment(origin, "x-access-token", token),
    async bring(wanted) {
      try {
        return await bring(octokit, { owner, repo }, wanted);
      } catch (error) {
        const { status, message, response } = error as { status?: number; message: string; response?: unknown };
        throw forgeFailure("GitHub", access, response === undefined ? undefined : status, message);
      }
    },
  };
}

interface Repository {
  readonly owner: string;
  readonly repo: string;
}

async function bring(octokit: Octokit, where: Repository, wanted: PullRequest): Promise<OpenedPullRequest> {
  const { title, body, base, branch, draft } = wanted;
  const { data } = await octokit.rest.pulls.list({ ...where, head: `${where.owner}:${branch}`, state: "open" });
  const open = data.find(({ head }) => head.ref === branch);
  if (open === undefined) {
    const created = await octokit.rest.pulls.create({ ...where, head: branch, base, title, body, draft });
    return { url: created.data.html_url, outcome: "opened" };
  }
  if (open.title === title && open.body === body && open.base.ref === base)
    return { url: open.html_url, outcome: "unchanged" };
  await octokit.rest.pulls.update({ ...where, pull_number: open.number, title, body, base });
  return { url: open.html_url, outcome: "updated" };
}
