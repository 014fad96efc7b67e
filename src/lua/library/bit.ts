import type { LibraryFunction } from "../library.js";

export const bitLibrary: readonly LibraryFunction[] = [];
