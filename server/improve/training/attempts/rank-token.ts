import { timingSafeEqual } from "node:crypto";
import type { Database } from "#db/client.ts";
import { macOf } from "./launch-token.ts";

/** An attempt, and one of the machines beside its first. */
interface Rank {
  jobId: string;
  number: number;
  rank: number;
}

const form = /^lwr_(\d{1,4})_[0-9a-f]{40}$/;

/**
 * Computes the token of another machine of an attempt, for heartbeats, reading checkpoints and the end of its program. It is good as long as the
 * attempt is: what fences that refuses this one too.
 */
export async function rankTokenOf(db: Database, { jobId, number, rank }: Rank): Promise<string> {
  // A launch token is made of the name of a launch alone, which has no "/".
  return `lwr_${rank}_${await macOf(db, `${jobId}/${number}/${rank}`)}`;
}

/** Reads which machine of an attempt a token is of; undefined for one that is of none. */
export async function readRankToken(
  db: Database,
  { jobId, number, token }: { jobId: string; number: number; token: string },
): Promise<number | undefined> {
  const found = form.exec(token)?.[1];
  if (found === undefined) return undefined;
  const [given, expected] = [
    Buffer.from(token),
    Buffer.from(await rankTokenOf(db, { jobId, number, rank: Number(found) })),
  ];
  return given.length === expected.length && timingSafeEqual(given, expected) ? Number(found) : undefined;
}
