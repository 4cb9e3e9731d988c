import { Definition } from "#components/ui/definition.tsx";
import { plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import { type PortfolioCell, type PortfolioRow, portfolioColumns } from "#server/report/reports/contract.ts";
import { reportDefinitions } from "#server/report/reports/definitions/contract.ts";
import classes from "./portfolio-panel.module.css";

interface PortfolioProps {
  rows: readonly PortfolioRow[];
  /** Number of listed rows; `more` shows the others. */
  shown: number;
  drawer: (id: string) => string;
  /** Lists all of them, or the worst again. */
  more: string;
}

const words = { "on-target": "On target", watch: "Watch", missed: "Missed", "no-data": "No data" } as const;

/** Renders all models by how the period ended against their objectives, worst first. */
export function PortfolioPanel({ rows, shown, drawer, more }: PortfolioProps) {
  return (
    <Panel
      title="Portfolio"
      subtitle={
        <span data-prose>
          Worst first. Each cell shows the period result against its objective.{" "}
          {(rows.length > shown || shown > 7) && (
            <Link href={more} scroll={false} data-print="off">
              {" "}
              {rows.length > shown ? plural(rows.length - shown, "more model") : "Show worst only"}{" "}
            </Link>
          )}
        </span>
      }
      right={<Legend />}
      flush
    >
      {rows.length === 0 ? (
        <EmptyState title="No deployments and no SLOs yet">
          Models appear here from their first deployment or SLO on.
        </EmptyState>
      ) : (
        <div className={classes.scroll}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                {portfolioColumns.map((column) => {
                  const { name, sentence, query } = reportDefinitions[`cell.${column}`];
                  return (
                    <th scope="col" key={column}>
                      <Definition name={name} sentence={sentence} formula={query}>
                        {name}
                      </Definition>
                    </th>
                  );
                })}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, shown).map(({ model, href, cells }) => (
                <tr key={model}>
                  <th scope="row">
                    <Link className={classes.model} href={href} title={model}>
                      {model}
                    </Link>
                  </th>
                  {cells.map((cell) => (
                    <td key={cell.column}>
                      <Cell cell={cell} href={drawer(cell.figure.id)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

function Cell({ cell: { state, word, figure }, href }: { cell: PortfolioCell; href: string }) {
  return (
    <Link className={classes.cell} data-state={state} href={href} scroll={false} data-figure={figure.id}>
      <span className={classes.state}>
        <StatusShape state={state} size={8} />
        {word ?? (state === "no-data" && figure.value !== null ? "No target" : words[state])}
      </span>
      <span className="lw-number">{figure.value === null ? figure.reason : figure.text}</span>
      {figure.unit === "estimated" && figure.value !== null && <span className="lw-caption">est.</span>}
    </Link>
  );
}

function Legend() {
  return (
    <span className={classes.legend}>
      {(["on-target", "watch", "missed", "no-data"] as const).map((state) => (
        <StatusBadge state={state} key={state} />
      ))}
    </span>
  );
}
