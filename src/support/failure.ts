/** The call or the input is wrong. Printed as one line `FILE:LINE:COL: what`; the process ends with exit code 2. */
export class InputError extends Error {
  override readonly name = "InputError";
  constructor(
    message: string,
    /** Where the fault is; line and column are 1-based and count as an editor does (column in UTF-16 units). */
    readonly at?: { readonly file?: string; readonly line?: number; readonly column?: number },
  ) {
    super(message);
  }

  /** `FILE:LINE:COL: what`, leaving out what is not known. */
  toLine(): string {
    const { file, line, column } = this.at ?? {};
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    return place === "" ? this.message : `${place}: ${this.message}`;
  }
}

/** The machine lacks something (Envoy, Docker…). The message names the command that puts it there; exit code 3. */
export class MissingError extends Error {
  override readonly name = "MissingError";
}
