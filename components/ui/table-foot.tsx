import classes from "./data-table.module.css";
import { formatCount, plural } from "./format.ts";
import { Link } from "./link.tsx";

interface TableFootProps {
  /** Position of the first row shown, from 1; 0 when there are none. */
  from: number;
  to: number;
  total: number;
  /** Noun for the rows: "run". */
  noun: string;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
}

/** Renders "412 runs" and "Rows 1 to 18 of 412", with links to the previous and next page. */
export function TableFoot({ from, to, total, noun, previousHref, nextHref }: TableFootProps) {
  return (
    <>
      <span>{plural(total, noun)}</span>
      <span className={classes.pages}>
        {previousHref && <Link href={previousHref}>Previous</Link>}
        <span className="lw-number">
          {formatCount(from)}–{formatCount(to)} of {formatCount(total)}
        </span>
        {nextHref && <Link href={nextHref}>Next</Link>}
      </span>
    </>
  );
}
