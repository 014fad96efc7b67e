import { renameSync, rmSync, writeFileSync } from "node:fs";

/** Writes a file so that nobody ever sees half of it: beside it under another name, then renamed. */
export function writeAtomically(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, content);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
