"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import type { Marker } from "#components/charts/markers.ts";
import { namedGaps } from "#components/charts/prepare.ts";
import { plural } from "#components/ui/format.ts";
import type { ReplayReport } from "#server/watch/objectives/contract.ts";
import { formatSpan } from "#server/watch/slo/engine/contract.ts";
import classes from "./replay.module.css";

interface ReplayReportProps {
  report: ReplayReport;
  /** Report for the saved SLO, for comparison. */
  replaced?: ReplayReport | null | undefined;
  warnings?: readonly string[];
}

const minuteMs = 60_000;
const maxNamed = 3;

/** Shows how often the SLO would have paged and opened tickets, with the times on a chart. */
export function ReplayReportView({ report, replaced, warnings = [] }: ReplayReportProps) {
  const range = { from: report.from, to: report.to };
  const points = report.chart.map(({ at, errorRate }) => ({ at, value: errorRate === null ? null : errorRate * 100 }));
  const series = [{ id: "rate", label: "bad", points }];
  return (
    <div className={classes.report}>
      <p className={classes.words}>{report.words}</p>
      <p className="lw-muted">
        {plural(report.pages.length, "page")} lasting {formatSpan(report.pageMinutes * minuteMs)};{" "}
        {plural(report.tickets.length, "ticket")} lasting {formatSpan(report.ticketMinutes * minuteMs)}.{" "}
        {replaced &&
          ` Currently saved: ${plural(replaced.pages.length, "page")}, ${plural(replaced.tickets.length, "ticket")}.`}{" "}
        {report.isApproximate && " Counts from before exact counting are derived from histograms."}
      </p>
      {warnings.map((warning) => (
        <p className={classes.warning} key={warning}>
          {warning}
        </p>
      ))}
      <LineChart
        title="Bad events"
        subtitle="% of all; markers show where it would have notified someone"
        unit="%"
        height={160}
        fromZero
        series={series}
        range={range}
        markers={momentsOf(report)}
        // The labels of many gaps would overlap.
        gapWord={namedGaps(series, range).length > maxNamed ? "" : "no traffic"}
      />
    </div>
  );
}

function momentsOf({ pages, tickets, unexplained }: ReplayReport): Marker[] {
  return [
    ...pages.map(({ from }, index): Marker => {
      const isUnexplained = unexplained.includes(index);
      return {
        at: from,
        label: isUnexplained ? "page, no recorded incident" : "page",
        kind: "incident",
        suspected: true,
      };
    }),
    ...tickets.map(({ from }): Marker => ({ at: from, label: "ticket", kind: "label" })),
  ];
}
