import type { LibraryConstant, LibraryFunction } from "../library.js";

/** A module that the runtime serves to `require(name)`. */
export interface LibraryModule {
  readonly name: string;
  readonly functions: readonly LibraryFunction[];
  readonly constants: readonly LibraryConstant[];
}

export const moduleLibraries: readonly LibraryModule[] = [];
