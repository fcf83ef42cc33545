/** A failure that the developer can correct: its message is the one line to print. */
export class StackError extends Error {
  override name = "StackError";
}
