import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { confidentJoint } from "#server/stats/labelling/confident-joint.ts";
import { rowsByScore, wrongLabels } from "#server/stats/labelling/label-noise.ts";
import { labelQuality } from "#server/stats/labelling/label-quality.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { atMost, comparedTo, type Row } from "../../report.ts";
import { medianTime } from "../median-time.ts";
import { peerResult } from "../peers.ts";

interface Labelled {
  labels: Int32Array;
  probabilities: { values: Float64Array; classes: number };
}

interface Peer {
  /** Median times of the library in one process, and with the number of processes that it chooses itself. */
  oneMs: number;
  defaultMs: number;
  ranked: number[];
}

const [count, classes] = [100_000, 10];
const runs = 7;

/** Compares the ranked list of wrong labels with cleanlab's, on the same input in memory: time, and rows that only one of both lists. */
export async function measure(): Promise<Row[]> {
  const { labels, probabilities } = drawnLabels();
  const rank = () => {
    const doubtful = wrongLabels(labels, probabilities, confidentJoint(labels, probabilities));
    return rowsByScore(doubtful, labelQuality(labels, probabilities));
  };
  const folder = await mkdtemp(join(tmpdir(), "leeway-labels-"));
  try {
    await writeFile(join(folder, "labels.bin"), labels);
    await writeFile(join(folder, "probabilities.bin"), probabilities.values);
    const peer = await peerResult<Peer>("e2e/load/labelling/confident_learning.py", [
      folder,
      String(classes),
      String(runs),
    ]);
    const leeway = medianTime(runs, rank);
    const [own, theirs] = [new Set(rank()), new Set(peer.ranked)];
    const lacking = (one: Set<number>, other: Set<number>) => [...one].filter((row) => !other.has(row)).length;
    const differing = lacking(own, theirs) + lacking(theirs, own);
    console.log(`cleanlab: ${peer.oneMs.toFixed(0)} ms in one process, ${peer.defaultMs.toFixed(0)} ms by default.`);
    console.log(`${own.size} labels look wrong, ${theirs.size} by cleanlab.`);
    const fastest = Math.min(peer.oneMs, peer.defaultMs);
    return [
      comparedTo(fastest, { name: "confident-learning-100k", unit: "ms", leeway }, "at most", 1),
      // cleanlab departs from its paper where a row reaches several thresholds: docs/spec/labelling.md section 8.1.
      atMost(theirs.size / 1000, {
        name: "confident-learning-100k, rows only one lists",
        unit: "rows",
        leeway: differing,
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Draws rows of a model that is correct in nine of ten, with one label in ten wrong. */
function drawnLabels(): Labelled {
  const random = seededRandom(19);
  const labels = new Int32Array(count);
  const values = new Float64Array(count * classes);
  for (let row = 0; row < count; row += 1) {
    const actual = Math.floor(random() * classes);
    const scores = Array.from({ length: classes }, (_, k) => Math.exp(3 * normalFrom(random) + (k === actual ? 9 : 0)));
    const sum = scores.reduce((total, score) => total + score, 0);
    values.set(
      scores.map((score) => score / sum),
      row * classes,
    );
    labels[row] = random() < 0.1 ? Math.floor(random() * classes) : actual;
  }
  return { labels, probabilities: { values, classes } };
}
