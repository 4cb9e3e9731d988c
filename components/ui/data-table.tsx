import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { isValidElement, memo, type ReactNode } from "react";
import classes from "./data-table.module.css";
import { SelectAll, SelectRow } from "./data-table-select.tsx";
import { noValue } from "./format.ts";
import { Link } from "./link.tsx";
import { ResizeHandle } from "./resize-handle.tsx";
import { TableKeys } from "./table-keys.tsx";
import { TableSection } from "./table-section.tsx";

export interface Column<Row> {
  key: string;
  head: ReactNode;
  /** Numbers are "right" (tabular figures); words "left". */
  align?: "left" | "right";
  width?: number | string;
  /** Longer values are cut off at the width. */
  isClipped?: boolean;
  /** Sentences take as many lines as they need, at least as wide as the width. */
  isText?: boolean;
  /** Left out below 1024 pixels, where the others need the room. */
  isWideOnly?: boolean;
  /** Left out between 640 and 1279 pixels: what is good to know, but not needed to choose a row. */
  isSecondary?: boolean;
  /** Stays in sight when the table scrolls sideways, at so many pixels from its left edge. */
  pinnedAt?: number;
  /** The name of the column for readers; by it the width can be changed, see `onResize`. */
  name?: string;
  cell: (row: Row) => ReactNode;
  /** Address that sorts by this column; the current direction comes from `sort`. */
  sortHref?: string;
  /** Number of columns to span in a row that shows why its values are missing; return 0 elsewhere. */
  span?: (row: Row) => number;
}

export interface Selection {
  ids: readonly string[];
  onChange: (ids: string[]) => void;
}

/** Rows under a heading of their own, which hides and shows them. */
export interface Section<Row> {
  key: string;
  title: string;
  /** Quiet words after the title: what the rows are sorted by. */
  note: string;
  rows: readonly Row[];
  /** Number of rows with those that are not shown. */
  count: number;
  /** Below the rows: a link to more of them. */
  more?: ReactNode;
}

interface DataTableProps<Row> {
  /** Name of the table's content for screen readers. */
  label: string;
  rows: readonly Row[];
  /** The same rows in sections. */
  sections?: readonly Section<Row>[];
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  /** Returns the path that a row links to; the first column is the link, and the complete row is its click target. */
  rowHref?: (row: Row) => string | undefined;
  sort?: { key: string; direction: "ascending" | "descending" } | undefined;
  /** Called with the new width in pixels when a named column was resized. Only in client components. */
  onResize?: (key: string, width: number) => void;
  /** 36 comfortable, 32 dense, 28 compact. */
  density?: "comfortable" | "dense" | "compact";
  /** Only in client components. */
  selection?: Selection;
  /** Whether a row has a check box; false for groups, for example. */
  isSelectable?: (row: Row) => boolean;
  /** Returns whether a row represents several others; such rows have a background of their own. */
  isGroup?: (row: Row) => boolean;
  /** Key of the row whose details are shown beside the table. */
  current?: string | undefined;
  /** Returns a row's name, which labels its check box. */
  rowName?: (row: Row) => string;
  /** Scrolls inside this height with the head in view. */
  maxHeight?: string;
  /** Content shown instead of rows. */
  empty?: ReactNode;
  /** Footer such as "412 runs"; `TableFoot` adds the paging on the right. */
  foot?: ReactNode;
}

/**
 * Renders an HTML table: sort marks, row links, selection, keys (J K ↓ ↑ Home End, Enter, Cmd/Ctrl+Enter, Space).
 * Works in server components; `selection` needs a client component around it.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, columns, rowKey, sort, selection, density = "comfortable", isSelectable = () => true } = props;
  const isPinned = columns.some(({ pinnedAt }) => pinnedAt !== undefined);
  if (rows.length === 0 && props.empty) return <>{props.empty}</>;
  // On a phone a row that leads somewhere, or is too long, wraps into lines; tables to select in scroll sideways.
  const isLong = props.rowHref !== undefined || columns.length > 3;
  const isList = isLong && !selection && !props.onResize && !isPinned;
  const lines = (some: readonly Row[]) =>
    some.map((row) => <TableRow {...props} row={row} isPinned={isPinned} key={rowKey(row)} />);
  return (
    <div className={classes.root}>
      <TableKeys className={classes.scroll} label={props.label} maxHeight={props.maxHeight}>
        <table
          className={classes.table}
          data-density={density}
          data-list={isList || undefined}
          aria-label={props.label}
        >
          <thead>
            <tr>
              {selection && (
                <th className={classes.check} scope="col" data-pinned={isPinned || undefined}>
                  <SelectAll ids={rows.filter(isSelectable).map(rowKey)} selection={selection} />
                </th>
              )}
              {columns.map((column) => (
                <Head column={column} sort={sort} onResize={props.onResize} key={column.key} />
              ))}
            </tr>
          </thead>
          {props.sections?.map(({ key, title, note, count, more, rows }) => (
            <TableSection title={title} note={note} count={count} more={more} span={columns.length} key={key}>
              {lines(rows)}
            </TableSection>
          )) ?? <tbody>{lines(rows)}</tbody>}
        </table>
      </TableKeys>
      {props.foot && <div className={classes.foot}>{props.foot}</div>}
    </div>
  );
}

interface HeadProps<Row> extends Pick<DataTableProps<Row>, "sort" | "onResize"> {
  column: Column<Row>;
}

function Head<Row>({ column, sort, onResize }: HeadProps<Row>) {
  const sorted = sort?.key === column.key ? sort.direction : undefined;
  const Mark = sorted === "ascending" ? IconArrowUp : IconArrowDown;
  const words = (
    <>
      {sorted && <Mark size={13} stroke={1.9} aria-hidden="true" className={classes.mark} />}
      {column.head}
    </>
  );
  return (
    <th
      scope="col"
      data-align={column.align}
      data-sorted={sorted && true}
      data-wide-only={column.isWideOnly || undefined}
      data-secondary={column.isSecondary || undefined}
      data-pinned={column.pinnedAt !== undefined || undefined}
      style={{
        ...(column.width && { width: column.width, minWidth: column.width }),
        ...(column.isClipped && { maxWidth: column.width }),
        left: column.pinnedAt,
      }}
      aria-sort={sorted ?? (column.sortHref ? "none" : undefined)}
    >
      {column.sortHref ? (
        <Link className={classes.sort} href={column.sortHref} scroll={false}>
          {words}
        </Link>
      ) : (
        words
      )}
      {onResize && column.name && <ResizeHandle name={column.name} onResize={(width) => onResize(column.key, width)} />}
    </th>
  );
}

function TableRow<Row>({ row, ...props }: DataTableProps<Row> & { row: Row; isPinned: boolean }) {
  const { columns, selection, rowKey, rowHref, rowName, isSelectable = () => true } = props;
  const id = rowKey(row);
  const selected = selection?.ids.includes(id);
  const href = rowHref?.(row);
  return (
    <tr
      className={classes.row}
      data-lw-row={id}
      data-href={href}
      data-group={props.isGroup?.(row) || undefined}
      data-selected={selected || id === props.current || undefined}
      aria-current={id === props.current || undefined}
      aria-selected={selection && isSelectable(row) ? selected : undefined}
      tabIndex={-1}
    >
      {selection && (
        <td className={classes.check} data-pinned={props.isPinned || undefined}>
          {isSelectable(row) && <SelectRow id={id} name={rowName?.(row) ?? id} selection={selection} />}
        </td>
      )}
      <RowCells row={row} columns={columns} href={href} />
    </tr>
  );
}

interface RowCellsProps<Row> {
  row: Row;
  columns: Column<Row>[];
  href: string | undefined;
}

/** Renders the cells of a row again only if the row or the columns changed, not when a check box is ticked. */
const RowCells = memo(function RowCells<Row>({ row, columns, href }: RowCellsProps<Row>) {
  let skip = 0;
  return columns.map((column, index) => {
    if (skip > 0) {
      skip -= 1;
      return null;
    }
    const span = column.span?.(row) ?? 1;
    skip = Math.max(0, span - 1);
    const head = column.name || textOf(column.head) || undefined;
    const value = column.cell(row);
    const isBlank = value === null || value === undefined || value === "" || value === false;
    const isEmpty = value === noValue || (isBlank && head !== undefined);
    const content = isEmpty ? <span className="lw-quiet">{noValue}</span> : value;
    return (
      <td
        data-align={span > 1 ? "left" : column.align}
        data-head={head}
        data-blank={isBlank || undefined}
        data-clipped={column.isClipped || undefined}
        data-text={column.isText || undefined}
        data-wide-only={column.isWideOnly || undefined}
        data-secondary={column.isSecondary || undefined}
        data-pinned={column.pinnedAt !== undefined || undefined}
        style={{ left: column.pinnedAt, ...(column.isClipped && span === 1 && { maxWidth: column.width }) }}
        colSpan={span > 1 ? span : undefined}
        key={column.key}
      >
        {index === 0 && href ? (
          <Link className={classes.link} href={href} data-lw-row-link>
            {content}
          </Link>
        ) : (
          content
        )}
      </td>
    );
  });
}, isAlike) as <Row>(props: RowCellsProps<Row>) => ReactNode;

/** Returns the visible text of a head, which names its values where a row wraps into lines. */
function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("").trim();
  if (!isValidElement<{ children?: ReactNode; className?: string }>(node)) return "";
  return node.props.className === "lw-hidden" ? "" : textOf(node.props.children);
}

/** Compares two sets of properties. Columns are recreated with each render; they are equal if their cell functions are the same. */
function isAlike<Row>(before: RowCellsProps<Row>, after: RowCellsProps<Row>): boolean {
  return (
    before.row === after.row &&
    before.href === after.href &&
    before.columns.length === after.columns.length &&
    before.columns.every(({ cell, key, pinnedAt, width }, at) => {
      const other = after.columns[at];
      return cell === other?.cell && key === other.key && pinnedAt === other.pinnedAt && width === other.width;
    })
  );
}
