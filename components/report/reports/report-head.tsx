import type { ReactNode } from "react";
import { Sentence } from "#components/report/overview/sentence.tsx";
import { SegmentedLinks } from "#components/ui/tabs.tsx";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { reportHref } from "./addresses.ts";
import { PrintButton } from "./print-button.tsx";
import classes from "./report-head.module.css";
import { Stepper } from "./stepper.tsx";

const periods = [
  { key: "week", label: "Week" },
  { key: "month", label: "Month" },
  { key: "quarter", label: "Quarter" },
] as const;

/** Shows the period, links to others, and a summary of the period in one sentence. */
export function ReportHead({ facts, digest }: { facts: ReportFacts; digest?: ReactNode }) {
  const items = periods.map(({ key, label }) => ({
    label,
    current: key === facts.period,
    href: key === facts.period ? reportHref({ name: facts.name }) : `/overview?period=${key}`,
  }));
  return (
    <header className={classes.head}>
      <div className={classes.row}>
        <h1 className={classes.title}>{facts.title}</h1>
        <span className={classes.days}>
          {facts.period === "month" ? "" : facts.days}
          {facts.isPartial && <span> so far</span>}
        </span>
        <Stepper
          noun={facts.period}
          previous={reportHref({ name: facts.previous })}
          next={facts.next && reportHref({ name: facts.next })}
        />
        <span className={classes.asOf}>as of {asOf(facts)}</span>
        <div className={classes.actions} data-print="off" id="actions" tabIndex={-1}>
          <SegmentedLinks label="Report period" items={items} />
          {digest}
          <PrintButton />
        </div>
      </div>
      <p className={classes.sentence} data-sentence>
        <Sentence parts={facts.sentence} />
      </p>
      {facts.edges && <p className="lw-small lw-muted">{facts.edges}</p>}
    </header>
  );
}

/** Formats the time of the report in its own time zone, because it is printed and emailed. */
function asOf({ asOf, timeZone }: ReportFacts): string {
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone }).format(asOf);
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(asOf);
  return `${day}, ${clock} ${timeZone}`;
}
