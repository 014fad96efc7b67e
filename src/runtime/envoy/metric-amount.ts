import { raiseText } from "../error";

/** `n`, or `problem` raised when it is negative. */
export function amountOf(n: i64, problem: string, line: i32): u64 {
  if (n < 0) raiseText(problem, line);
  return <u64>n;
}
