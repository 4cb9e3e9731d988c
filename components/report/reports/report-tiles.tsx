import type { ReactNode } from "react";
import { Definition } from "#components/ui/definition.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { Figure } from "#server/report/reports/contract.ts";
import { type ReportDefinitionKey, reportDefinitions } from "#server/report/reports/definitions/contract.ts";
import type { ReportFacts } from "#server/report/reports/facts/contract.ts";
import { BudgetsTile } from "./budgets-tile.tsx";
import { FigureLink } from "./figure-link.tsx";
import classes from "./report-tiles.module.css";
import { SpendTile } from "./spend-tile.tsx";

export interface TileProps {
  facts: ReportFacts;
  /** Address of a figure's drawer. */
  drawer: (id: string) => string;
}

/** Renders six tiles: SLOs, budgets, incidents, incident response, spend. */
export function ReportTiles({ facts, drawer }: TileProps) {
  const before = describeBefore(facts);
  const { objectives, incidents, response, unitCost } = facts;
  return (
    <section className={classes.strip} aria-label="Key figures for the period">
      <Tile label="All SLOs met" definition="objectives.met">
        <FigureLink figure={objectives.met} href={drawer("objectives.met")} size="large" />
        <ul className={classes.dots} aria-label="Models by status">
          {objectives.models.slice(0, 24).map(({ model, state }) => (
            <li key={model} title={`${model}: ${stateLabels[state]}`}>
              <StatusShape state={state} size={10} />
              <span className="lw-hidden">{`${model}: ${stateLabels[state]}`}</span>
            </li>
          ))}
        </ul>
        <Change figure={objectives.met} words={before} />
      </Tile>
      <Tile label="Error budget left, worst first" definition="budget.left">
        <BudgetsTile facts={facts} drawer={drawer} />
      </Tile>
      <Tile label="Incidents" definition="incidents.count">
        <span className={classes.pair}>
          <FigureLink figure={incidents.count} href={drawer("incidents.count")} size="large" />
          <Before figure={incidents.count} words={before} />
        </span>
        <span className={classes.minor}>
          {incidents.severities.map(({ severity, count }) => `${count} ${severity}`).join(", ")}
        </span>
        <span className={classes.minor}>Customer minutes</span>
        <span className={classes.pair}>
          <FigureLink figure={incidents.customerMinutes} href={drawer("incidents.customer-minutes")} />
          <Before figure={incidents.customerMinutes} words={before} />
        </span>
      </Tile>
      <Tile label="Time to detect and to resolve" definition="response.restore">
        {[response.detect, response.restore, response.acknowledge].every(({ value }) => value === null) ? (
          <FigureLink figure={response.restore} href={drawer("response.restore")} size="large" unit="" />
        ) : (
          <>
            <FigureLink figure={response.detect} href={drawer("response.detect")} size="large" />
            <FigureLink figure={response.restore} href={drawer("response.restore")} size="large" />
            <span className={classes.minor}>
              <FigureLink figure={response.acknowledge} href={drawer("response.acknowledge")} />
            </span>
          </>
        )}
        <Change figure={response.restore} words={before} />
      </Tile>
      <Tile label={`Spend in ${facts.spend.month}`} definition="spend.spent">
        <SpendTile facts={facts} drawer={drawer} />
      </Tile>
      <Tile label="Cost per 1,000" definition="cost.predictions">
        <FigureLink figure={unitCost.predictions} href={drawer("cost.predictions")} size="large" />
        <FigureLink figure={unitCost.correct} href={drawer("cost.correct")} size="large" />
        <Change figure={unitCost.predictions} words={before} />
      </Tile>
    </section>
  );
}

const stateLabels = { "on-target": "on target", watch: "watch", missed: "missed", "no-data": "no data" };

/** Returns "last week" for the current period, "week before" for a completed one. */
function describeBefore({ period, isPartial }: Pick<ReportFacts, "period" | "isPartial">): string {
  return isPartial ? `last ${period}` : `${period} before`;
}

function Tile({
  label,
  definition,
  children,
}: {
  label: string;
  definition: ReportDefinitionKey;
  children: ReactNode;
}) {
  const { name, sentence, query } = reportDefinitions[definition];
  return (
    <div className={classes.tile}>
      <div className={classes.label}>
        <Definition name={name} sentence={sentence} formula={query}>
          {label}
        </Definition>
      </div>
      {children}
    </div>
  );
}

function Before({ figure, words }: { figure: Figure; words: string }) {
  return figure.before && <span className="lw-muted lw-small">{`${words} ${figure.before.text}`}</span>;
}

/** Renders the change as an arrow and as text; whether up or down is good depends on the number. */
function Change({ figure: { value, before }, words }: { figure: Figure; words: string }) {
  if (!before || value === null) return <span className={classes.minor}>{`${words}: no data`}</span>;
  return <span className={classes.minor}>{`${arrowOf({ value, before })} from ${before.text} ${words}`}</span>;
}

function arrowOf({ value, before }: Pick<Figure, "value" | "before">): string {
  const step = (value ?? 0) - (before?.value ?? 0);
  return step > 0 ? "↗" : step < 0 ? "↘" : "→";
}
