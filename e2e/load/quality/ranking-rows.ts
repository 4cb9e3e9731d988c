import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { PredictionCounter } from "#server/watch/monitoring/quality/counts/count-predictions.ts";
import { emptyCounts } from "#server/watch/monitoring/quality/counts/empty-counts.ts";
import { realisedMetrics } from "#server/watch/monitoring/quality/measures/realised.ts";
import { pythonPrograms } from "../../suite/python.ts";
import { outputOf } from "../drift/output-of.ts";
import { atMost, type Row } from "../report.ts";

interface Metrics {
  rocAuc: number;
  averagePrecision: number;
  cutOffs: { recall: number; precision: number }[];
}

/** Mean and deviation of the log-odds: positives are one in 560, one in 12, and one in two. */
const sources = [
  { name: "one in 560", level: -7.5, deviation: 1.4, cutOffs: [0.0007, 0.0021, 0.0103], rows: 200_000 },
  { name: "one in 12", level: -3, deviation: 1.2, cutOffs: [0.013, 0.0501, 0.3], rows: 50_000 },
  { name: "one in two", level: 0, deviation: 1.5, cutOffs: [0.2003, 0.5, 0.9], rows: 50_000 },
];

/** Compares AUC, average precision, recall and precision of counted predictions with scikit-learn on the rows. */
export async function rankingRows(): Promise<Row[]> {
  const programs = await pythonPrograms("venv-scikit-learn", ["scikit-learn==1.7.2"]);
  if (!programs) throw new Error("scikit-learn could not be installed: Python 3.10 with venv, and PyPI, are needed.");
  const folder = await mkdtemp(join(tmpdir(), "leeway-quality-"));
  const rows: Row[] = [];
  try {
    for (const source of sources) {
      const made = madeRows(source);
      const file = join(folder, "rows.json");
      await writeFile(file, JSON.stringify({ ...made, cutOffs: source.cutOffs }));
      const peer = JSON.parse(
        await outputOf(`${programs}/python`, ["e2e/load/quality/scikit_metrics.py", file]),
      ) as Metrics;
      rows.push(...rowsOf(source.name, countedMetrics(made, source.cutOffs), peer));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return rows;
}

function rowsOf(source: string, own: Metrics, peer: Metrics): Row[] {
  const off = (a: number, b: number) => Math.abs(a - b);
  const worst = Math.max(
    ...own.cutOffs.flatMap((one, at) => {
      const other = peer.cutOffs[at] as Metrics["cutOffs"][number];
      console.log(
        `${source}: recall ${one.recall.toFixed(4)} (${other.recall.toFixed(4)}), precision ${one.precision.toFixed(4)} (${other.precision.toFixed(4)})`,
      );
      return [off(one.recall, other.recall), off(one.precision, other.precision)];
    }),
  );
  console.log(
    `${source}: AUC ${own.rocAuc.toFixed(5)} (${peer.rocAuc.toFixed(5)}), AP ${own.averagePrecision.toFixed(5)} (${peer.averagePrecision.toFixed(5)})`,
  );
  return [
    atMost(0.001, { name: `AUC off scikit-learn, ${source}`, unit: "", leeway: off(own.rocAuc, peer.rocAuc) }),
    atMost(0.005, {
      name: `AP off scikit-learn, ${source}`,
      unit: "",
      leeway: off(own.averagePrecision, peer.averagePrecision),
    }),
    atMost(0.005, { name: `recall, precision off, ${source}`, unit: "", leeway: worst }),
  ];
}

function madeRows({ level, deviation, rows }: (typeof sources)[number]) {
  const random = seededRandom(79);
  const scores = Array.from({ length: rows }, () => 1 / (1 + Math.exp(-level - deviation * normalFrom(random))));
  return { scores, outcomes: scores.map((score) => (random() < score ? 1 : 0)) };
}

/** Counts the rows as the worker does, and reads their metrics as pages do. */
function countedMetrics({ scores, outcomes }: ReturnType<typeof madeRows>, cutOffs: readonly number[]): Metrics {
  const counter = new PredictionCounter(null, 3_600_000);
  scores.forEach((score, at) => {
    const of = { at: 0, versionId: "v", arm: "stable" as const, prediction: "1", isBinary: true, lastClass: "1" };
    counter.add({ ...of, score, truth: String(outcomes[at]), lagMs: null, replaced: 0, segments: [] });
  });
  const counts = counter.spans()[0]?.counts ?? emptyCounts();
  const at = (cutOff: number) =>
    realisedMetrics(counts, { taskKind: "binary", positive: "1", isMirrored: false, cutOff });
  const any = at(0.5);
  return {
    rocAuc: any.rocAuc?.value ?? Number.NaN,
    averagePrecision: any.averagePrecision?.value ?? Number.NaN,
    cutOffs: cutOffs.map((cutOff) => {
      const { recall, precision } = at(cutOff);
      return { recall: recall?.value ?? 0, precision: precision?.value ?? 0 };
    }),
  };
}
