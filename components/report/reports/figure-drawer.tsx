"use client";

import { useRouter } from "next/navigation";
import { LazyDrawer } from "#components/ui/lazy-modal.tsx";
import { Link } from "#components/ui/link.tsx";
import { Moment, RelativeTime } from "#components/ui/relative-time.tsx";
import type { Figure } from "#server/report/reports/contract.ts";
import type { ReportDefinition } from "#server/report/reports/definitions/contract.ts";

interface FigureDrawerProps {
  figure: Figure;
  definition: ReportDefinition;
  asOf: number;
  /** The report without the drawer. */
  closeHref: string;
}

/** Shows the definition of a number, the data it is based on, its age, and a link to its rows. */
export function FigureDrawer({ figure, definition, asOf, closeHref }: FigureDrawerProps) {
  const router = useRouter();
  return (
    <LazyDrawer
      opened
      onClose={() => router.push(closeHref, { scroll: false })}
      position="right"
      size={400}
      title={definition.name}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <p className="lw-strong" style={{ fontSize: 24, lineHeight: "34px" }}>
        <span className="lw-number" data-figure={figure.id}>
          {figure.text}
        </span>{" "}
        <span className="lw-muted" style={{ fontSize: 13, fontWeight: 400 }}>
          {figure.reason ?? figure.unit}
        </span>
      </p>
      <p className="lw-muted" style={{ margin: "4px 0 14px" }}>
        {definition.sentence}
      </p>
      <dl className="lw-facts">
        <dt>Definition</dt>
        <dd>
          <code>{definition.query}</code>
        </dd>
        <dt>Based on</dt>
        <dd>{figure.basis || "all rows in the period"}</dd>
        <dt>Range</dt>
        <dd>{formatRange(figure)}</dd>
        <dt>Period before</dt>
        <dd>{figure.before?.text ?? "–"}</dd>
        <dt>Complete up to</dt>
        <dd>
          <Moment at={figure.knownUntil} />
        </dd>
        <dt>Calculated</dt>
        <dd>
          <RelativeTime at={asOf} />
        </dd>
        <dt>Unit and rounding</dt>
        <dd>
          {definition.unit}; {definition.rounding}
        </dd>
      </dl>
      <p style={{ display: "flex", gap: 16, marginTop: 16 }}>
        <Link href={figure.href}>Show underlying rows</Link>
        <Link href="/on-call">Open triage</Link>
      </p>
    </LazyDrawer>
  );
}

function formatRange({ interval }: Figure): string {
  if (!interval) return "exact count";
  return `${interval.low} to ${interval.high} (${Math.round(interval.level * 100)}% interval)`;
}
