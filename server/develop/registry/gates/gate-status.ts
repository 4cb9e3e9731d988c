import { isDeepStrictEqual } from "node:util";
import { type GateSetting, gateName, gateTitle } from "../policy/contract.ts";
import type { GateLine, GateRun, GateStatus, GateWaiver } from "./contract.ts";

/** A run with the version it was compared with. */
export type ComparedRun = GateRun & { baselineVersionId: string | null };

interface Now {
  /** Version that the alias points to; null when there is none or when it is the version itself. */
  baselineVersionId: string | null;
  /** Evidence of the version that the alias points at is about the champion before it, and stays good. */
  isChampion: boolean;
  /** Files and pipelines of the version and of the champion, as evidence names them. */
  files: { version: string; champion: string | null };
  at: Date;
}

/**
 * Returns the state of a version on one entry of the checklist. Evidence is valid while the settings and the champion are the ones
 * that it was gathered with; a waiver is valid until its date, and not for a gate that has to be run again.
 */
export function lineOf(
  setting: GateSetting,
  run: ComparedRun | undefined,
  waiver: GateWaiver | undefined,
  now: Now,
): GateLine {
  const line = { gate: gateName(setting), title: gateTitle(setting), setting };
  const status = statusOf(setting, run, waiver, now);
  return { ...line, standing: status, run: run ?? null, waiver: status === "waived" ? (waiver ?? null) : null };
}

function statusOf(
  setting: GateSetting,
  run: ComparedRun | undefined,
  waiver: GateWaiver | undefined,
  now: Now,
): GateStatus {
  if (!run) return "not-run";
  if (!isDeepStrictEqual(run.settings, setting)) return "stale";
  if (!now.isChampion && run.baselineVersionId !== now.baselineVersionId) return "stale";
  const { files } = run.evidence;
  if (files && files.version !== now.files.version) return "stale";
  const isCompared = files?.champion != null && !now.isChampion;
  if (isCompared && files.champion !== now.files.champion) return "stale";
  if (run.verdict === "passed") return "passed";
  return waiver && waiver.until > now.at ? "waived" : run.verdict;
}

/** Returns whether every gate of a checklist has passed or is waived. */
export function isClear(lines: readonly GateLine[]): boolean {
  return lines.every(({ standing: status }) => status === "passed" || status === "waived");
}

/** Names the file and the pipeline of a version in the evidence of a gate. */
export function gateFiles({
  sha256,
  pipelineDigest,
}: {
  sha256: string | null;
  pipelineDigest: string | null;
}): string {
  return `${sha256 ?? ""} ${pipelineDigest ?? ""}`.trim();
}
