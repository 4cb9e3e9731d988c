import { Button } from "@mantine/core";
import { LineChart } from "#components/charts/line-chart.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { FailedState } from "#components/ui/states.tsx";
import classes from "./run-charts.module.css";

/** Placeholder for charts without curves: still loading, or the error. */
export function CurvesNotRead({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  if (!error) {
    return (
      <div className={classes.grid}>
        <LineChart title="Metrics" unit="" series={[]} loading />
        <LineChart title="Metrics" unit="" series={[]} loading />
      </div>
    );
  }
  return (
    <Panel flush>
      <FailedState
        title="Could not load the curves"
        action={
          <Button variant="default" size="xs" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {error.message} The rest of this page is up to date.
      </FailedState>
    </Panel>
  );
}
