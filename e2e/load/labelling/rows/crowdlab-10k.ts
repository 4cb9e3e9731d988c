import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crowdLab } from "#server/stats/labelling/crowd-lab.ts";
import { evenTable, makeVotes } from "#server/stats/labelling/made-votes.ts";
import { seededRandom } from "#server/stats/random.ts";
import { atMost, comparedTo, type Row } from "../../report.ts";
import { medianTime } from "../median-time.ts";
import { peerResult } from "../peers.ts";

interface Peer {
  ms: number;
  consensus: number[];
  quality: number[];
}

const [items, perItem, annotators, classes] = [10_000, 5, 50, 5];

/** Compares consensus and quality of annotators and a model with cleanlab's, on the same votes in memory. */
export async function measure(): Promise<Row[]> {
  const random = seededRandom(31);
  const tables = Array.from({ length: annotators }, () => evenTable(0.6 + 0.35 * random(), classes));
  const { votes, actual } = makeVotes(tables, { items, perItem, prior: [0.3, 0.25, 0.2, 0.15, 0.1] }, random);
  const values = new Float64Array(items * classes);
  actual.forEach((own, item) => {
    const scores = Array.from({ length: classes }, (_, k) => -Math.log(1 - random()) + (k === own ? 3 : 0));
    const sum = scores.reduce((total, score) => total + score, 0);
    values.set(
      scores.map((score) => score / sum),
      item * classes,
    );
  });
  const folder = await mkdtemp(join(tmpdir(), "leeway-crowd-"));
  try {
    const columns = [votes.item, votes.annotator, votes.given];
    await writeFile(join(folder, "votes.bin"), Buffer.concat(columns.map((one) => new Uint8Array(one.buffer))));
    await writeFile(join(folder, "probabilities.bin"), values);
    const peer = await peerResult<Peer>("e2e/load/labelling/crowdlab.py", [
      folder,
      String(annotators),
      String(classes),
    ]);
    const leeway = medianTime(5, () => crowdLab(votes, { values, classes }));
    const found = crowdLab(votes, { values, classes });
    if (!found) throw new Error("No item has two votes.");
    const apart = found.quality.reduce(
      (most, own, at) => Math.max(most, Math.abs(own - (peer.quality[at] as number))),
      0,
    );
    const differing = found.consensus.filter((own, at) => own !== peer.consensus[at]).length;
    console.log(`${differing} of ${items} labels differ from cleanlab's.`);
    return [
      comparedTo(peer.ms, { name: "crowdlab-10k", unit: "ms", leeway }, "at most", 1),
      atMost(1e-9, { name: "crowdlab-10k, quality apart", unit: "", leeway: apart }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
