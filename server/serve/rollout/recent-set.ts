/** Remembers the most recent texts: at least the last `most`, at most twice as many. */
export class RecentSet {
  private readonly most: number;
  private young = new Set<string>();
  private old = new Set<string>();

  constructor(most: number) {
    this.most = most;
  }

  has(text: string): boolean {
    return this.young.has(text) || this.old.has(text);
  }

  add(text: string): void {
    if (this.young.size >= this.most) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(text);
  }
}
