/** The first few of many in some order, with no more memory than for these. */
export class TopList<T> {
  private readonly kept: T[] = [];

  /** @param order negative where `a` comes first; of equals the one that came first stays */
  constructor(
    private readonly size: number,
    private readonly order: (a: T, b: T) => number,
  ) {}

  offer(item: T): void {
    const last = this.kept.at(-1);
    if (this.kept.length >= this.size && last !== undefined && this.order(last, item) <= 0) return;
    const place = this.kept.findIndex((other) => this.order(item, other) < 0);
    this.kept.splice(place === -1 ? this.kept.length : place, 0, item);
    if (this.kept.length > this.size) this.kept.pop();
  }

  get items(): readonly T[] {
    return this.kept;
  }
}
