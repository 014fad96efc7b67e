/** The text is laid out in a way in which it cannot be changed without touching more than is meant. The message says what to do by hand. */
export class CannotEdit extends Error {
  override readonly name = "CannotEdit";
}
