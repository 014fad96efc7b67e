/** A pull request (GitHub) or merge request (GitLab) as it shall be. */
export interface PullRequest {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly base: string;
  readonly branch: string;
  /** Not yet to be merged. */
  readonly draft: boolean;
}

export interface OpenedPullRequest {
  readonly url: string;
  readonly outcome: "opened" | "updated" | "unchanged";
}

/** Where pull requests are kept. */
export interface Forge {
  readonly name: "GitHub" | "GitLab";
  /** For git's own requests: an HTTP header with the token, for this host alone, as configuration in the environment. */
  readonly gitEnvironment: Readonly<Record<string, string>>;
  /** Opens the branch's pull request, or brings the open one up to date. @throws InputError, MissingError */
  bring(wanted: PullRequest): Promise<OpenedPullRequest>;
}
