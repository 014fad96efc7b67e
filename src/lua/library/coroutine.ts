import type { LibraryFunction } from "../library.js";
import { refused } from "./rows.js";

export const coroutineLibrary: readonly LibraryFunction[] = refused(
  "coroutines made by the script are not compiled yet (host calls that suspend are)",
  "coroutine.create",
  "coroutine.isyieldable",
  "coroutine.resume",
  "coroutine.running",
  "coroutine.status",
  "coroutine.wrap",
  "coroutine.yield",
);
