/** Pinned columns of a table, and the widths that the user has set. */
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
/** Widths of pinned columns: the state of a run is shown beside its findings, such as "Running" and "Exploding +1". */
const pinnedWidths: Readonly<Record<string, number>> = { status: 196 };

/** Returns the columns in their order, but pinned ones before all others. */
export function pinnedFirst(columns: readonly string[], pinned: readonly string[]): string[] {
  const isPinned = (key: string) => pinned.includes(key);
  return [...columns.filter(isPinned), ...columns.filter((key) => !isPinned(key))];
}

/**
 * Returns the columns with their widths and positions. The first one names the row and is pinned with any other pinned column, because
 * a value is meaningless without its name. Pinned columns have a fixed width, so that the position of the next one is known.
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

/** Inserts a column of known width between the one that names the row and the others, which keep their order. */
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
