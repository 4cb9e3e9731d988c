import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dawidSkene } from "#server/stats/labelling/dawid-skene.ts";
import { evenTable, makeVotes, shareCorrect } from "#server/stats/labelling/made-votes.ts";
import { seededRandom } from "#server/stats/random.ts";
import { atMost, comparedTo, type Row } from "../../report.ts";
import { medianTime } from "../median-time.ts";
import { peerResult } from "../peers.ts";

interface Peer {
  ms: number;
  steps: number;
  /** Posterior, class after class of each item. */
  posterior: number[];
}

const [items, perItem, annotators, classes] = [100_000, 3, 50, 5];
const runs = 5;

/** Compares the consensus of all votes with crowd-kit's, on the same votes in memory: time, and posteriors. */
export async function measure(): Promise<Row[]> {
  const random = seededRandom(23);
  const tables = Array.from({ length: annotators }, () => evenTable(0.6 + 0.35 * random(), classes));
  const { votes, actual } = makeVotes(tables, { items, perItem, prior: [0.3, 0.25, 0.2, 0.15, 0.1] }, random);
  const folder = await mkdtemp(join(tmpdir(), "leeway-votes-"));
  try {
    const columns = [votes.item, votes.annotator, votes.given];
    const bytes = Buffer.concat(columns.map((column) => new Uint8Array(column.buffer)));
    await writeFile(join(folder, "votes.bin"), bytes);
    const peer = await peerResult<Peer>("e2e/load/labelling/dawid_skene.py", [folder, String(classes)]);
    const leeway = medianTime(runs, () => dawidSkene(votes));
    const { posterior, steps } = dawidSkene(votes);
    const apart = posterior.reduce(
      (most, own, at) => Math.max(most, Math.abs(own - (peer.posterior[at] as number))),
      0,
    );
    console.log(
      `${steps} steps, crowd-kit ${peer.steps}; ${(100 * shareCorrect(posterior, actual, classes)).toFixed(2)} % correct.`,
    );
    return [
      comparedTo(peer.ms, { name: "dawid-skene-100k", unit: "ms", leeway }, "at most", 0.5),
      atMost(1e-6, { name: "dawid-skene-100k, posteriors apart", unit: "", leeway: apart }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
