import type { LibraryFunction } from "../library.js";

export const baseLibrary: readonly LibraryFunction[] = [];
