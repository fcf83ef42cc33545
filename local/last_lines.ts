const MAX_LINES = 20_000;
const MAX_LENGTH = 10_000;

/** The last lines that a process wrote, each of a bounded length: it may run, and write, for weeks. */
export class LastLines {
  readonly lines: string[] = [];
  /** How many lines were written in all. */
  count = 0;

  push(line: string): void {
    this.count++;
    this.lines.push(line.slice(0, MAX_LENGTH));
    // Rarely, and half of them: shifting each line would move all others.
    if (this.lines.length > MAX_LINES) this.lines.splice(0, MAX_LINES / 2);
  }

  /** Those that were written after the first `count` lines, as far as they are still here. */
  since(count: number): string[] {
    return this.lines.slice(Math.max(0, this.lines.length - (this.count - count)));
  }
}
