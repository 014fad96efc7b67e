import type { Comparison } from "../../../bench/comparison.js";
import { InputError } from "../../support/failure.js";
import { chooseForge, type ForgeName } from "../forge/choose-forge.js";
import type { Forge, OpenedPullRequest } from "../forge/forge.js";
import { type Checkout, checkOut } from "../git/checkout.js";
import { commitChanges, type FileChanges, keepForeignCommits } from "../git/commit-changes.js";
import { diffOf, isUpToDate, pushBranch } from "../git/push-branch.js";
import { remoteAddress } from "../git/remote-address.js";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { type Evidence, evidenceOf } from "./evidence.js";
import { type FilterPlan, type LeftAlone, type PlanOptions, planFilter, type UpdatePlan } from "./plan-filter.js";
import { commitMessage, type PullRequestText, pullRequestText } from "./pull-request-text.js";
import { type Delivery, readDeliveries } from "./read-delivery.js";
import { between, repositoryChanges } from "./repository-changes.js";
import { type RepositoryFiles, readRepository } from "./repository-files.js";

export interface DeliverOptions extends PlanOptions {
  /** Path or address of the repository of manifests. */
  readonly repo: string;
  readonly base?: string;
  readonly branch: string;
  /** Only this filter. */
  readonly only?: string;
  /** What `moonshift bench` has measured. */
  readonly comparison?: Comparison;
  readonly forge: ForgeName;
  /** False: nothing leaves this machine. */
  readonly push: boolean;
  readonly colour: boolean;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

export interface DeliverResult extends PullRequestText {
  readonly base: string;
  readonly branch: string;
  /** `nothing-to-do`: the base has it all. */
  readonly outcome: "dry-run" | "pushed" | "up-to-date" | "nothing-to-do";
  readonly commits: readonly { readonly id: string; readonly files: readonly string[] }[];
  /** Commits of others on the branch that were kept. */
  readonly keptCommits: number;
  readonly leftAlone: readonly LeftAlone[];
  /** From the base to the branch. */
  readonly diff: string;
  readonly pullRequest?: OpenedPullRequest;
}

/**
 * Brings migrated filters into a repository of manifests: a branch with a commit per filter, and its pull request. All is prepared in a temporary
 * work tree; the branch moves in one step at the end, so that an interrupted run has changed nothing, and running again finishes the work.
 * @throws InputError, MissingError
 */
export async function deliver(dir: string, options: DeliverOptions): Promise<DeliverResult> {
  const deliveries = selected(readDeliveries(dir), options.only, dir);
  const remote = await remoteAddress(options.repo);
  const forge = chooseForge(remote, options.forge, options.push);
  const { base, branch, say } = options;
  say(`fetching ${remote.url}`);
  const checkout = await checkOut(remote, {
    branch,
    env: forge?.gitEnvironment ?? {},
    ...(base === undefined ? {} : { base }),
  });
  try {
    return await deliverInto(checkout, deliveries, forge, options);
  } finally {
    checkout.close();
  }
}

function selected(deliveries: readonly Delivery[], only: string | undefined, dir: string): readonly Delivery[] {
  const chosen = only === undefined ? deliveries : deliveries.filter(({ id }) => id === only);
  if (chosen.length === 0)
    throw new InputError(only === undefined ? "no filters" : `no filter '${only}'`, { file: dir });
  return chosen;
}

async function deliverInto(
  checkout: Checkout,
  deliveries: readonly Delivery[],
  forge: Forge | undefined,
  options: DeliverOptions,
): Promise<DeliverResult> {
  const files = await readRepository(checkout.folder);
  const { accepted, leftAlone } = planAll(files, deliveries, options);
  const told = accepted.map((step) => ({ ...step, evidence: evidenceOf(step.plan, options.comparison) }));
  const commits: { id: string; files: readonly string[] }[] = [];
  for (const { plan, changes, evidence } of told) {
    const { id } = plan.delivery;
    if (await commitChanges(checkout, changes, commitMessage(plan, evidence)))
      commits.push({ id, files: [...changes.keys()] });
  }
  const inUse = told
    .filter(({ plan }) => commits.some(({ id }) => id === plan.delivery.id))
    .map(({ evidence }) => evidence);
  const keptCommits = commits.length === 0 ? 0 : await keepForeignCommits(checkout);
  const text = pullRequestText(
    inUse,
    leftAlone.filter(({ expected }) => expected !== true),
    options.keepOriginal,
  );
  const prepared = { base: checkout.base.name, branch: checkout.branch, commits, keptCommits, leftAlone, ...text };
  if (commits.length === 0) return { ...prepared, outcome: "nothing-to-do", diff: "" };
  const diff = await diffOf(checkout, options.colour);
  if (!options.push) return { ...prepared, outcome: "dry-run", diff };
  return { ...prepared, diff, ...(await bring(checkout, forge, text, inUse, options)) };
}

async function bring(
  checkout: Checkout,
  forge: Forge | undefined,
  text: PullRequestText,
  evidence: readonly Evidence[],
  { say }: DeliverOptions,
): Promise<Pick<DeliverResult, "outcome" | "pullRequest">> {
  const upToDate = await isUpToDate(checkout);
  if (!upToDate) {
    say(`pushing ${checkout.branch}`);
    await pushBranch(checkout);
  }
  const outcome = upToDate ? "up-to-date" : "pushed";
  if (forge === undefined) return { outcome };
  const draft = evidence.some(({ isPublished }) => !isPublished);
  const pullRequest = await forge.bring({ ...text, base: checkout.base.name, branch: checkout.branch, draft });
  return { outcome, pullRequest };
}

interface Step {
  readonly plan: FilterPlan | UpdatePlan;
  /** What this one changes beyond those before it. */
  readonly changes: FileChanges;
}

/** Plans one filter after the other; one that cannot be carried out besides those before it is left alone. */
function planAll(
  files: RepositoryFiles,
  deliveries: readonly Delivery[],
  options: PlanOptions,
): { readonly accepted: readonly Step[]; readonly leftAlone: readonly LeftAlone[] } {
  const accepted: Step[] = [];
  const leftAlone: LeftAlone[] = [];
  let before: FileChanges = new Map();
  for (const delivery of deliveries) {
    const plan = orLeaveAlone(delivery.id, () => planFilter(delivery, files, options));
    if (plan.kind === "left-alone") {
      leftAlone.push(plan);
      continue;
    }
    const after = orLeaveAlone(delivery.id, () =>
      repositoryChanges(files, [...accepted.map((step) => step.plan), plan]),
    );
    if ("because" in after) {
      leftAlone.push(after);
      continue;
    }
    accepted.push({ plan, changes: between(files, before, after) });
    before = after;
  }
  return { accepted, leftAlone };
}

function orLeaveAlone<T>(id: string, run: () => T): T | LeftAlone {
  try {
    return run();
  } catch (error) {
    if (error instanceof CannotEdit) return { kind: "left-alone", id, because: `${error.message}; change it by hand` };
    if (error instanceof InputError) return { kind: "left-alone", id, because: error.toLine() };
    throw error;
  }
}
