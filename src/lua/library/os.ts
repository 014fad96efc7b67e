import type { LibraryFunction } from "../library.js";

export const osLibrary: readonly LibraryFunction[] = [];
