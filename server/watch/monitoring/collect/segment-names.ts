/** Values of one name that are told apart; what comes after them is "other". */
const maxValues = 20;
const maxValueLength = 100;

/** Names segments, "carrier=UA", and bounds how many there are. */
export class SegmentNames {
  private readonly values = new Map<string, Map<string, string>>();

  /**
   * The segment of a row by one value. Of a feature, the reference's most frequent levels have one each, so that every gateway has the same;
   * of a tag or another value, the first twenty that come.
   * @param levels of the reference, the most frequent first; undefined where it knows none
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

/** Postgres keeps no NUL. */
function short(value: string): string {
  return value.slice(0, maxValueLength).toWellFormed().replaceAll("\0", "\uFFFD");
}
