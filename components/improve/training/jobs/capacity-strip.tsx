import { formatCount } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { TrainingEngine } from "#server/improve/training/engines/contract.ts";
import type { EngineUse } from "#server/improve/training/overview/contract.ts";
import { engineHref } from "../addresses.ts";
import { capacityOf, describeSilence, describeUse } from "./capacity.ts";
import { engineKindLabels } from "./job-labels.ts";
import classes from "./jobs.module.css";

/** More are drawn as shares. */
const maxCells = 16;

interface CapacityStripProps {
  engines: readonly TrainingEngine[];
  uses: ReadonlyMap<string, EngineUse>;
  budgets: readonly { amount: string; spent: string; month: string; share: number }[];
}

/** Shows what each engine has free, and what the budget of the month has left. */
export function CapacityStrip({ engines, uses, budgets }: CapacityStripProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus
    <section className={classes.capacity} aria-label="Capacity" tabIndex={0}>
      {engines.map((engine) => (
        <EngineCell engine={engine} use={uses.get(engine.id)} key={engine.id} />
      ))}
      {budgets.map(({ amount, spent, month, share }) => (
        <div className={classes.engine} key={month}>
          <div className={classes.engineHead}>
            <span className="lw-muted">Budget of {month}</span>
          </div>
          <div>
            <strong>{spent}</strong> <span className="lw-muted">of {amount}</span>
          </div>
          <Cells used={Math.round(Math.min(1, share) * maxCells)} total={maxCells} />
          <span className="lw-small lw-muted">for the workspace, including training</span>
        </div>
      ))}
    </section>
  );
}

function EngineCell({ engine, use }: { engine: TrainingEngine; use: EngineUse | undefined }) {
  const { unit, total, free, state, word } = capacityOf(engine, use);
  const version = engine.description?.version;
  return (
    <div className={classes.engine}>
      <div className={classes.engineHead}>
        <span className="lw-truncate">
          <Link href={engineHref(engine.name)}>
            <strong>{engine.name}</strong>
          </Link>{" "}
          <span className="lw-small lw-muted">
            {engineKindLabels[engine.kind]}
            {version && engine.kind !== "local" ? ` ${version}` : ""}
          </span>
        </span>
        <StatusBadge state={state}>{word}</StatusBadge>
      </div>
      <div>
        {unit === null ? (
          <span className="lw-muted">machines unknown so far</span>
        ) : (
          <>
            <strong>
              {formatCount(free)} of {formatCount(total)}
            </strong>{" "}
            <span className="lw-muted">{unit} free</span>
          </>
        )}
      </div>
      {unit !== null && <Cells used={total - free} total={total} />}
      <span className="lw-small lw-muted">
        {engine.silentSince && engine.isEnabled ? (
          <>
            has not responded since <ClockTime at={engine.silentSince} />
            {describeSilence(engine)}
          </>
        ) : (
          describeUse(engine)
        )}
      </span>
    </div>
  );
}

function Cells({ used, total }: { used: number; total: number }) {
  const count = Math.max(1, Math.min(maxCells, Math.round(total)));
  const filled = total > 0 ? Math.ceil((used / total) * count) : 0;
  return (
    <span className={classes.cells} aria-hidden="true">
      {Array.from({ length: count }, (_, cell) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells have no identity
        <span data-used={cell < filled || undefined} key={cell} />
      ))}
    </span>
  );
}
