import type { Context } from "#server/base/context.ts";
import { parsedObject } from "#server/base/parsed-json.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { loadChildRuns, type VersionFacts } from "../../develop/registry/gates/version-facts.ts";
import type { MetricGate } from "../../develop/registry/policy/contract.ts";
import type { Sample } from "./estimate-metric.ts";
import { evaluateMetricGate } from "./evaluate-metric-gate.ts";

interface Subject {
  version: VersionFacts;
  baseline: VersionFacts | null;
}

/** Reads the metric of both versions, with its uncertainty if known, and evaluates it. */
export async function evaluateMetric(ctx: Context, subject: Subject, gate: MetricGate): Promise<GateResult> {
  const own = await sampleOf(ctx, subject.version, gate);
  if (!own) return absent(gate, subject.version);
  const other = subject.baseline && ((await sampleOf(ctx, subject.baseline, gate)) ?? undefined);
  return evaluateMetricGate(gate, own, other);
}

function absent({ metric, better, scale }: MetricGate, { metadata }: VersionFacts): GateResult {
  const isNumber = !metadata.metrics.has(metric);
  return {
    verdict: "failed",
    words: isNumber ? `its run did not log ${metric}` : `${metric} is not a number`,
    measured: null,
    limit: null,
    evidence: { better, scale, interval: null, method: null, facts: [] },
  };
}

async function sampleOf(ctx: Context, { run, metadata }: VersionFacts, gate: MetricGate): Promise<Sample | undefined> {
  const value = metadata.metrics.get(gate.metric);
  const children = gate.seeds === "child-runs" && run ? await loadChildRuns(ctx, run.id) : [];
  const seeds = children.flatMap((child) => {
    const point = child.metrics.find(({ key }) => key === gate.metric);
    return typeof point?.value === "number" ? [point.value] : [];
  });
  const mean = seeds.length > 1 ? seeds.reduce((sum, each) => sum + each, 0) / seeds.length : undefined;
  const measured = value !== undefined && Number.isFinite(value) ? value : mean;
  if (measured === undefined) return undefined;
  return { value: measured, rows: rowsOf(gate, run), seeds };
}

/** Returns the number of rows that the metric was measured on, from the policy's source; null when it is missing. */
function rowsOf({ rows }: MetricGate, run: Run | null): number | null {
  if (rows.from === "number") return rows.count;
  if (rows.from === "run") {
    const found =
      run?.params.find(({ key }) => key === rows.key)?.value ?? run?.metrics.find(({ key }) => key === rows.key)?.value;
    return asCount(Number(found));
  }
  if (rows.from === "dataset") {
    const used = run?.datasets.find(({ tags }) =>
      tags.some(({ key, value }) => key === "mlflow.data.context" && value === rows.context),
    );
    return rowsOfProfile(used?.profile ?? null);
  }
  return null;
}

function asCount(value: number): number | null {
  return Number.isInteger(value) && value >= 1 ? value : null;
}

/**
 * Returns the number of rows: MLflow's profiles contain "num_rows" for tables, and "features_shape" for arrays, whose first size is their
 * number of rows.
 */
function rowsOfProfile(profile: string | null): number | null {
  const { num_rows, features_shape } = parsedObject(profile ?? "") ?? {};
  return asCount(Number(num_rows ?? (Array.isArray(features_shape) ? features_shape[0] : Number.NaN)));
}
