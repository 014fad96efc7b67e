import type { LibraryFunction } from "../library.js";
import { callable, exact, multiple, quiet, raising, rest, thread, value } from "./rows.js";

export const coroutineLibrary: readonly LibraryFunction[] = [
  exact("coroutine.create", "coroutine", quiet("create", [callable("f")], "value")),
  exact("coroutine.isyieldable", "coroutine", quiet("isyieldable", [], "boolean")),
  exact(
    "coroutine.resume",
    "coroutine",
    multiple(raising("resume", [thread("co")])),
    multiple(raising("resumeWith", [thread("co"), value("v")])),
    multiple(raising("resumeMany", [thread("co"), rest])),
  ),
  exact("coroutine.running", "coroutine", multiple(quiet("running", []))),
  exact("coroutine.status", "coroutine", quiet("status", [thread("co")], "string")),
  exact("coroutine.wrap", "coroutine", quiet("wrap", [callable("f")], "value")),
  exact(
    "coroutine.yield",
    "coroutine",
    multiple(raising("yieldNone", [])),
    multiple(raising("yieldOne", [value("v")])),
    multiple(raising("yieldMany", [rest])),
  ),
];
