import { formatCount, percent } from "#server/base/format-number.ts";
import { formatDifference, formatValue } from "#server/develop/registry/gates/format.ts";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import type { EvaluationMetric, EvaluationRun, EvaluationSet, RobustnessRun } from "../contract.ts";

const maxSegments = 10;
const digestLength = 12;

/** What a model card says. */
export interface CardFacts {
  version: VersionDetails;
  owner: string | null;
  licence: string | null;
  /** Newest finished evaluations, one per set. */
  evaluations: { run: EvaluationRun; set: EvaluationSet }[];
  robustness: RobustnessRun | null;
  writtenAt: Date;
}

/** Writes the model card of a version as Markdown, after Mitchell and others, "Model cards for model reporting", 2019. */
export function writeModelCard({ version, owner, licence, evaluations, robustness, writtenAt }: CardFacts): string {
  const parts = [
    `# ${text(version.modelName)} v${version.version}`,
    version.description ? text(version.description) : "No description.",
    details({ version, owner, licence }),
    trainingData(version, evaluations),
    ...evaluations.flatMap(({ run, set }) => evaluation(run, set)),
    ...(evaluations.length === 0 ? ["## Evaluation", "This version has not been evaluated on a frozen set."] : []),
    ...(robustness?.result ? robustnessPart(robustness) : []),
    `Written by Leeway on ${day(writtenAt)}.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

const day = (date: Date) => date.toISOString().slice(0, 10);

/** Escapes what Markdown and tables give a meaning. */
function text(value: string): string {
  return value
    .replace(/[\\`*_{}[\]<>|#]/g, "\\$&")
    .replace(/\s+/g, " ")
    .trim();
}

function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function details({ version, owner, licence }: Pick<CardFacts, "version" | "owner" | "licence">): string {
  const { signature, sha256, pipelineDigest, createdAt, aliases, lineage } = version;
  const specs = (list: { name: string; datatype: string; shape: (string | number)[] }[] = []) =>
    list.map(({ name, datatype, shape }) => `${text(name)} ${datatype} \\[${shape.join(", ")}\\]`).join("; ") || "–";
  const rows: [string, string][] = [
    ["Owner", owner === null ? "–" : text(owner)],
    ["Licence", licence === null ? "–" : text(licence)],
    ["Created", day(new Date(createdAt))],
    ["Run", lineage.run ? `${text(lineage.run.name)} (${text(lineage.run.experimentName)})` : "–"],
    ["Aliases", aliases.map(text).join(", ") || "–"],
    ["File", sha256 ? `SHA-256 ${sha256}` : "–"],
    ["Pipeline", pipelineDigest ? `SHA-256 ${pipelineDigest}` : "none"],
    ["Inputs", specs(signature?.inputs)],
    ["Outputs", specs(signature?.outputs)],
    ["Classes", signature?.labels?.map(text).join(", ") ?? "–"],
  ];
  return `## Details\n\n${table(["", ""], rows)}`;
}

function trainingData({ lineage }: VersionDetails, evaluations: CardFacts["evaluations"]): string {
  const lines = lineage.datasets.map(
    ({ name, digest, context }) => `- ${text(name)}, digest ${text(digest)}${context ? `, ${text(context)}` : ""}`,
  );
  const leaks = evaluations.flatMap(({ run, set }) =>
    run.leakage && run.leakage.sharedRows > 0 ? [`- Set ${text(set.name)}: ${run.leakage.words}`] : [],
  );
  const list = [...(lines.length > 0 ? lines : ["The run logged no datasets."]), ...leaks];
  return `## Data\n\n${list.join("\n")}`;
}

function shownValue({ value, scale, note }: Pick<EvaluationMetric, "value" | "scale" | "note">): string {
  if (value === null) return note ? `– (${text(note)})` : "–";
  return formatValue(value, scale);
}

function shownInterval({ interval, scale }: Pick<EvaluationMetric, "interval" | "scale">): string {
  return interval ? `${formatValue(interval.low, scale)} to ${formatValue(interval.high, scale)}` : "–";
}

function evaluation(run: EvaluationRun, set: EvaluationSet): string[] {
  const { result } = run;
  if (!result) return [];
  const { definition, digest, facts } = set;
  const stale = run.isStale ? " The file or pipeline of this version has changed since." : "";
  const about = [
    `${formatCount(result.evaluated)} rows of ${text(definition.dataset.name)} (${text(definition.dataset.digest)}), `,
    `set digest ${digest.slice(0, digestLength)}, ${definition.task.kind}`,
    run.finishedAt ? `, evaluated on ${day(run.finishedAt)}` : "",
    run.ranOn ? ` with ${text(run.ranOn)}` : "",
    `.${stale}`,
  ].join("");
  const parts = [
    `## Evaluation on ${text(set.name)}`,
    about,
    table(
      ["Metric", "Value", "95% interval"],
      result.metrics.map((metric) => [metric.title, shownValue(metric), shownInterval(metric)]),
    ),
  ];
  if ("byClass" in result.panels) parts.push(classTable(result.panels.byClass, nounOf(result.panels.kind)));
  if (result.panels.kind === "boxes") {
    const { overlap, confidence } = result.panels;
    parts.push(
      `A predicted box counts from a confidence of ${confidence} on, and is an actual one from an overlap of ${overlap} on.`,
    );
  }
  if (result.panels.kind === "classification" && result.panels.calibration) {
    const { isMiscalibrated, chanceLimit } = result.panels.calibration;
    parts.push(
      isMiscalibrated
        ? `Its confidence is not calibrated: a perfectly calibrated model stays below ${formatValue(chanceLimit, "number")}.`
        : "Its confidence is calibrated, as far as these rows show.",
    );
  }
  parts.push(...segmentTable(run), ...groupTables(run));
  const excluded = facts?.excluded.filter(({ rows }) => rows > 0) ?? [];
  const limits = [
    ...excluded.map(({ reason, rows }) => `${formatCount(rows)} rows are excluded: ${text(reason)}`),
    ...(result.failed > 0 ? [`${formatCount(result.failed)} rows were rejected.`] : []),
    ...result.notes.map(text),
    ...(set.usage.words ? [set.usage.words] : []),
  ];
  if (limits.length > 0) parts.push(limits.map((line) => `- ${line}`).join("\n"));
  return parts;
}

function nounOf(kind: string): string {
  return { boxes: "Boxes", spans: "Spans" }[kind] ?? "Rows";
}

function classTable(
  byClass: readonly {
    name: string;
    support: number;
    precision: number | null;
    recall: number | null;
    f1: number | null;
  }[],
  noun: string,
) {
  const share = (value: number | null) => (value === null ? "–" : formatValue(value, "proportion"));
  return `### By class\n\n${table(
    ["Class", noun, "Precision", "Recall", "F1"],
    byClass.map(({ name, support, precision, recall, f1 }) => [
      text(name),
      formatCount(support),
      share(precision),
      share(recall),
      f1 === null ? "–" : formatValue(f1, "number"),
    ]),
  )}`;
}

function segmentTable({ result }: EvaluationRun): string[] {
  const shown = (result?.segments ?? []).filter(({ isSmall }) => !isSmall).slice(0, maxSegments);
  const [headline] = result?.metrics ?? [];
  if (shown.length === 0 || !headline) return [];
  const rows = shown.map(({ title, rows, metrics }) => {
    const metric = metrics[0] ?? headline;
    return [text(title), formatCount(rows), shownValue(metric), shownInterval(metric)];
  });
  return [
    `### Segments, worst ${headline.title.toLowerCase()} first`,
    table(["Segment", "Rows", headline.title, "95% interval"], rows),
  ];
}

function groupTables({ result }: EvaluationRun): string[] {
  return (result?.groups ?? []).flatMap(({ column, metric, gap, interval, expectedByChance }) => {
    const title = result?.metrics.find(({ id }) => id === metric);
    if (!title || gap === null) return [];
    const range = interval
      ? ` (95% interval ${formatDifference(interval.low, title.scale)} to ${formatDifference(interval.high, title.scale)})`
      : "";
    const chance =
      expectedByChance === null ? "" : `; ${formatDifference(expectedByChance, title.scale)} expected by chance`;
    return [`${title.title} by ${text(column)}: largest gap ${formatDifference(gap, title.scale)}${range}${chance}.`];
  });
}

function robustnessPart({ result, settings, set }: RobustnessRun): string[] {
  if (!result) return [];
  const retained = result.retained === null ? "–" : percent(result.retained);
  return [
    "## Robustness",
    `${formatCount(settings.rows)} rows of ${text(set.name)}, ${settings.severities} severities. Clean accuracy ${formatValue(result.clean.accuracy, "proportion")}; retained under corruption ${retained}.`,
    table(
      ["Corruption", "Mean accuracy", "Retained"],
      result.byKind.map(({ title, mean, retained }) => [
        title,
        formatValue(mean, "proportion"),
        retained === null ? "–" : percent(retained),
      ]),
    ),
  ];
}
