import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import type { CheckedFile } from "#server/admin/transfer/leeway/artifact-file.ts";
import { leewaySource } from "#server/admin/transfer/leeway/source.ts";
import type { SourceRun } from "#server/admin/transfer/source.ts";
import { openZip } from "#server/admin/transfer/zip/open-zip.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { exchange } from "./exchange.ts";
import type { DrillFixture } from "./fixture.ts";
import { acceptedPoints, isInTrash, isPurged, keys, type LoggedRun, mayBeInTrash, pointOf } from "./ledger.ts";

const restMs = 8_000;
/** An export whose worker was killed is resumed a minute later. */
const maxExportMs = 480_000;
const maxUnpackedBytes = 2 ** 32;

export interface FinishedExport {
  id: string;
  state: string;
  message: string | null;
  hasArtifacts: boolean;
  /** Time before its request and after its end. */
  from: number;
  to: number;
}

/** Exports the workspace and waits for the end. @throws Error when it takes too long */
export async function exportOnce({ target, answers }: DrillFixture, hasArtifacts: boolean): Promise<FinishedExport> {
  const started = await exchange(target, "POST", "/api/v1/exports", { hasArtifacts });
  answers.note("start export", started, false);
  if (started.status !== 201) throw new Error(`The export was not started: ${started.message}`);
  const id = String(started.body.id);
  for (; Date.now() - started.sentAt < maxExportMs; await pause(500)) {
    const { body, answeredAt } = await exchange(target, "GET", `/api/v1/exports/${id}`);
    const state = String(body.state);
    if (["waiting", "running"].includes(state)) continue;
    return { id, state, message: body.message as string | null, hasArtifacts, from: started.sentAt, to: answeredAt };
  }
  throw new Error(`The export ${id} did not end.`);
}

/** Exports the workspace again and again until `signal` is aborted, every second time with files. */
export async function exportAgainAndAgain(fixture: DrillFixture, signal: AbortSignal): Promise<FinishedExport[]> {
  const finished: FinishedExport[] = [];
  while (!signal.aborted) {
    finished.push(await exportOnce(fixture, finished.length % 2 === 0));
    await pause(restMs, undefined, { signal }).catch(() => {});
  }
  return finished;
}

/**
 * Compares an export with what was sent: a run that was active all the time is there with every point and file that was accepted before, and
 * with none that was not sent; one that was in the trash all the time is not there.
 * @returns what is wrong
 */
export async function compareExport(fixture: DrillFixture, one: FinishedExport): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-drill-"));
  try {
    const path = join(folder, "export.zip");
    await download(fixture.target, one.id, path);
    const source = await leewaySource(await openZip(path, maxUnpackedBytes));
    try {
      return await compareRuns(fixture, one, source.runs());
    } finally {
      await source.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Downloads the file of an export. @throws Error when that fails */
export async function download({ url, token }: DemoTarget, id: string, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v1/exports/${id}/file`, { headers });
  if (!response.ok || !response.body) throw new Error(`The export ${id} cannot be downloaded: ${response.status}.`);
  await pipeline(Readable.from(response.body), createWriteStream(path));
}

async function compareRuns(
  { ledger }: DrillFixture,
  { id, from, to, hasArtifacts }: FinishedExport,
  exported: AsyncIterable<SourceRun>,
): Promise<string[]> {
  const wrong: string[] = [];
  const logged = new Map(ledger.runs.map((run) => [run.id, run]));
  const seen = new Set<string>();
  for await (const source of exported) {
    const run = logged.get(source.id);
    if (!run) {
      wrong.push(`export ${id}: run ${source.id} was never created`);
      continue;
    }
    seen.add(run.id);
    if (isInTrash(run, from, to)) wrong.push(`export ${id}: run ${run.id} was in the trash`);
    const isActive = !mayBeInTrash(run, from, to) && run.createdAt < from;
    wrong.push(...(await comparePoints(source, run, isActive ? from : 0)).map((words) => `export ${id}: ${words}`));
    if (isActive && hasArtifacts) {
      wrong.push(...(await compareFiles(source, run, from)).map((words) => `export ${id}: ${words}`));
    }
  }
  for (const run of ledger.runs) {
    // A run may have been created by a request that was answered later.
    const isActive = !mayBeInTrash(run, from, to) && run.batches.some(({ acceptedAt }) => acceptedAt < from);
    if (isActive && !seen.has(run.id)) wrong.push(`export ${id}: run ${run.id} is missing`);
  }
  return wrong;
}

/** @param before points that were accepted before that time must be there */
async function comparePoints(source: SourceRun, run: LoggedRun, before: number): Promise<string[]> {
  const wrong: string[] = [];
  const stored = new Map<string, number>(keys.map((key) => [key, 0]));
  const found = new Set<string>();
  for await (const points of source.points((problem) => wrong.push(problem))) {
    for (const { key, step, timestamp, value } of points) {
      const at = step * keys.length + keys.indexOf(key as (typeof keys)[number]);
      const sent = pointOf(run, at);
      const place = `${key} ${step}`;
      if (found.has(place)) wrong.push(`run ${run.id} has ${place} twice`);
      found.add(place);
      stored.set(key, (stored.get(key) ?? 0) + 1);
      const isSent = at < run.sent && sent.key === key;
      if (!isSent || sent.value !== value || sent.timestamp !== timestamp)
        wrong.push(`run ${run.id} has ${place} = ${value}, which was not sent`);
    }
  }
  for (const key of keys) {
    for (const { step } of acceptedPoints(run, key, before).values()) {
      if (!found.has(`${key} ${step}`)) wrong.push(`run ${run.id} lacks ${key} ${step}`);
    }
  }
  return wrong;
}

async function compareFiles(source: SourceRun, run: LoggedRun, before: number): Promise<string[]> {
  const digests = new Map<string, string>();
  for await (const file of source.files(() => {})) digests.set(file.path, (file as CheckedFile).sha256);
  return [...run.files]
    .filter(([path, { sha256, acceptedAt }]) => acceptedAt < before && digests.get(path) !== sha256)
    .map(([path]) => `run ${run.id} lacks the file ${path}`);
}

/** Whether the run is exported when nothing changes any more. */
export function isExported(run: LoggedRun): boolean {
  return !isPurged(run) && !mayBeInTrash(run, Date.now(), Date.now());
}
