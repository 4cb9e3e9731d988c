import { Link } from "#components/ui/link.tsx";
import type { Figure } from "#server/report/reports/contract.ts";
import classes from "./figure-link.module.css";

interface FigureLinkProps {
  figure: Figure;
  /** Opens its drawer. */
  href: string;
  size?: "large" | "plain";
  /** Words instead of those that follow the number. */
  unit?: string;
}

/** Shows a number as formatted by its report, with smaller units; a click opens its definition. */
export function FigureLink({ figure, href, size = "plain", unit = figure.unit }: FigureLinkProps) {
  return (
    <Link className={classes.figure} href={href} scroll={false} data-size={size} data-figure={figure.id}>
      {figure.value === null ? (
        <span className={classes.none}>
          {unit && `${unit}: `}
          {figure.reason ?? figure.text}
        </span>
      ) : (
        <>
          <span className="lw-number">{pieces(figure.text)}</span>
          {unit && <span className={classes.unit}> {unit}</span>}
        </>
      )}
    </Link>
  );
}

/** Renders "1 h 26 min" with units smaller than numbers. */
function pieces(text: string) {
  return text.split(/(\u00a0?(?:min|ms|pp|s|h|d)\b)/).map((piece, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text are their places
      <span className={classes.letters} key={index}>
        {piece}
      </span>
    ) : (
      piece
    ),
  );
}
