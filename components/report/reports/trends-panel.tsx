import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { FigureLink } from "./figure-link.tsx";
import { TrendChart } from "./trend-chart.tsx";
import classes from "./trends-panel.module.css";

interface TrendsProps {
  facts: ReportFacts;
  drawer: (id: string) => string;
}

const adverbs = { week: "Weekly", month: "Monthly", quarter: "Quarterly" };

/** Charts the quality of the models, each with its own metric. */
export function TrendsPanel({ facts: { trends, period }, drawer }: TrendsProps) {
  return (
    <Panel
      title="Accuracy vs labels"
      subtitle={`${adverbs[period]}, last 12 ${period}s.`}
      right={
        <span className={classes.legend}>
          <span data-kind="measured">measured</span>
          <span data-kind="estimated">estimated, labels pending</span>
          <span data-kind="objective">objective</span>
        </span>
      }
    >
      {trends.length === 0 ? (
        <EmptyState title="No accuracy data yet">
          Accuracy is measured where labels arrive, and estimated where a version has a labelled reference.
        </EmptyState>
      ) : (
        <div className={classes.charts}>
          {trends.map((trend) => (
            <figure className={classes.chart} key={trend.model}>
              <figcaption className={classes.caption}>
                <Link className={classes.model} href={trend.href} title={trend.model}>
                  {trend.model}
                </Link>
                <span className={classes.now}>
                  <FigureLink figure={trend.now} href={drawer(trend.now.id)} />
                </span>
                <span className={classes.measure} title={trend.measure}>
                  {trend.measure}
                </span>
              </figcaption>
              <TrendChart trend={trend} period={period} />
            </figure>
          ))}
        </div>
      )}
    </Panel>
  );
}
