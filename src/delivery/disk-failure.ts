import { InputError, MissingError } from "../support/failure.js";

/** Runs something that reads or writes files; what the disk has against it becomes one clear line. */
export function onDisk<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw diskFailure(error) ?? error;
  }
}

/** Undefined for what is no failure of the disk's. */
function diskFailure(error: unknown): Error | undefined {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const file = path === undefined ? {} : { file: path };
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new MissingError(
        `${path ?? "a file"} cannot be written: the disk is full; free some space and run it again`,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new InputError(
        `cannot be ${syscall === "open" || syscall === "read" ? "opened" : "written"}: not permitted (${code})`,
        file,
      );
    case "ENOTDIR":
    case "EISDIR":
      return new InputError(`is not what is expected there (${code})`, file);
    default:
      return undefined;
  }
}
