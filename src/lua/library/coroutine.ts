import type { LibraryFunction } from "../library.js";

export const coroutineLibrary: readonly LibraryFunction[] = [];
