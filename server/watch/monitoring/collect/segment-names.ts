/** Maximum number of distinct values per name; later ones are grouped as "other". */
const maxValues = 20;
const maxValueLength = 100;

/** Names segments, "carrier=UA", and bounds how many there are. */
export class SegmentNames {
  private readonly values = new Map<string, Map<string, string>>();

  /**
   * Returns the segment of a row by one value. For a feature, the reference's most frequent levels get one each, so that every gateway
   * has the same; for a tag or another value, the first twenty received.
   * @param levels of the reference, the most frequent first; undefined if it has none
   */
  nameOf(name: string, value: string, levels?: readonly (readonly [string, number])[]): string {
    const known =
      this.values.get(name) ??
      new Map<string, string>(levels?.slice(0, maxValues).map(([level]) => [level, `${name}=${short(level)}`]));
    this.values.set(name, known);
    const segment = known.get(value);
    if (segment !== undefined) return segment;
    if (levels || known.size >= maxValues) return `${name}=other`;
    const made = `${name}=${short(value)}`;
    known.set(value, made);
    return made;
  }
}

/** Shortens a value, and replaces NUL, which Postgres cannot store. */
function short(value: string): string {
  return value.slice(0, maxValueLength).toWellFormed().replaceAll("\0", "\uFFFD");
}
