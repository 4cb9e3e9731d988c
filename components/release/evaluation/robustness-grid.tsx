import { formatNumber } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { StatusShape } from "#components/ui/status-shape.tsx";
import type { RobustnessComparison, RobustnessResult } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { GridKeys } from "./grid-keys.tsx";
import { differenceText } from "./metric-text.ts";
import { findCell, isLow } from "./robustness-cells.ts";
import { shadeOf } from "./shade.ts";

interface RobustnessGridProps {
  result: RobustnessResult;
  severities: number;
  base: { version: number; comparison: RobustnessComparison } | undefined;
  current: { kind: string; severity: number } | undefined;
  /** Address of each cell by "kind severity". */
  hrefs: Readonly<Record<string, string>>;
}

/** Renders the accuracy in each kind and severity of corruption; darker lost more. */
export function RobustnessGrid({ result, severities, base, current, hrefs }: RobustnessGridProps) {
  const { clean, byKind, cells } = result;
  const lowest = Math.min(...cells.map(({ accuracy }) => accuracy));
  const most = Math.max(0.01, clean.accuracy - lowest);
  const levels = Array.from({ length: severities }, (_, index) => index + 1);
  return (
    <Panel
      title="Accuracy by corruption and severity"
      subtitle="%; shade: accuracy lost"
      right={
        <span className={classes.legend}>
          <span>
            <StatusShape state="missed" /> below 80% of clean
          </span>
        </span>
      }
      flush
    >
      <GridKeys className={`${classes.grid} ${classes.fill}`} label="Accuracy by corruption, scrolls horizontally">
        <table>
          <thead>
            <tr>
              <th scope="col">Corruption</th>
              {levels.map((level) => (
                <th scope="col" key={level}>
                  {level === 1 ? "severity 1" : level}
                </th>
              ))}
              <th scope="col">mean</th>
              {base && <th scope="col">vs v{base.version}</th>}
            </tr>
          </thead>
          <tbody>
            {byKind.map(({ kind, title, mean }) => {
              const other = base?.comparison.byKind.find((each) => each.kind === kind);
              return (
                <tr key={kind}>
                  <th scope="row">{title}</th>
                  {levels.map((severity) => {
                    const cell = findCell(result, kind, severity);
                    if (!cell) return <td key={severity} />;
                    const low = isLow(cell, clean);
                    return (
                      <td style={{ background: shadeOf((clean.accuracy - cell.accuracy) / most) }} key={severity}>
                        <Link
                          className={classes.inner}
                          href={hrefs[`${kind} ${severity}`] ?? ""}
                          scroll={false}
                          aria-current={(current?.kind === kind && current.severity === severity) || undefined}
                        >
                          {low && <StatusShape state="missed" />}
                          <span className="lw-hidden">{`${title}, severity ${severity}: `}</span>
                          {formatNumber(cell.accuracy * 100, { decimals: 1 })}
                          {low && <span className="lw-hidden">, below 80% of clean</span>}
                        </Link>
                      </td>
                    );
                  })}
                  <td className={classes.plain}>
                    <strong>{formatNumber(mean * 100, { decimals: 1 })}</strong>
                  </td>
                  {base && <td className={classes.plain}>{differenceText("proportion", other?.difference ?? null)}</td>}
                </tr>
              );
            })}
          </tbody>
        </table>
      </GridKeys>
      <p className={classes.notes}>
        Severities of pictures as in ImageNet-C, scaled to the size of the picture; the same rows are corrupted alike
        for every version.
      </p>
    </Panel>
  );
}
