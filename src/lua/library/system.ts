import type { LibraryFunction } from "../library.js";

export const systemLibrary: readonly LibraryFunction[] = [];
