/** Which columns of a table stay in sight, and how wide columns were made. */
export interface ColumnLayout {
  /** Keys, in no order. */
  pinned: readonly string[];
  /** Pixels by key. */
  widths: Readonly<Record<string, number>>;
}

interface LaidOut {
  key: string;
  width?: number | string;
  isClipped?: boolean;
  pinnedAt?: number;
}

/** Check box with its padding. */
const checkWidth = 44;
const nameWidth = 230;
const pinnedWidth = 110;
/** The state of a run stands beside what is wrong with it: "Running" and "Exploding +1". */
const pinnedWidths: Readonly<Record<string, number>> = { status: 196 };

/** The columns in their order, but those pinned before all others. */
export function pinnedFirst(columns: readonly string[], pinned: readonly string[]): string[] {
  const isPinned = (key: string) => pinned.includes(key);
  return [...columns.filter(isPinned), ...columns.filter((key) => !isPinned(key))];
}

/**
 * Columns with their widths and places. The first one names the row: as soon as a column is pinned it is, too, because
 * a value without its name says nothing. What is pinned has a fixed width, so that the next one knows its place.
 */
export function laidOut<Column extends LaidOut>(
  columns: readonly Column[],
  { pinned, widths }: ColumnLayout,
): Column[] {
  const hasPins = columns.some(({ key }) => pinned.includes(key));
  let left = checkWidth;
  return columns.map((column, index) => {
    const set = widths[column.key];
    if (!hasPins || (index > 0 && !pinned.includes(column.key)))
      return set === undefined ? column : { ...column, width: set, isClipped: true };
    const width =
      set ?? (index === 0 ? nameWidth : Math.max(pinnedWidths[column.key] ?? pinnedWidth, Number(column.width) || 0));
    const pinnedAt = left;
    left += width;
    return { ...column, width, isClipped: true, pinnedAt };
  });
}

/** Room for a column of a known width between the one that names the row and the others, which keep their order. */
export function withColumnAfterName<Column extends LaidOut>(columns: readonly Column[], added: Column): Column[] {
  const [name, ...others] = columns;
  if (!name) return [added];
  const { pinnedAt, width: nameSize } = name;
  if (pinnedAt === undefined) return [name, added, ...others];
  const width = Number(added.width);
  return [
    name,
    { ...added, pinnedAt: pinnedAt + Number(nameSize) },
    ...others.map((column) =>
      column.pinnedAt === undefined ? column : { ...column, pinnedAt: column.pinnedAt + width },
    ),
  ];
}
