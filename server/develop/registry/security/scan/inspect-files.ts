import { buffer, text } from "node:stream/consumers";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { readMlModel } from "../../source/mlmodel.ts";
import type { Finding, Licence, ScanReport } from "../contract.ts";
import { formatOf, headBytes } from "./format.ts";
import { isLicenceFile, licenceOfText } from "./licence.ts";
import { listFiles } from "./list-files.ts";
import { Scanner } from "./scanner.ts";
import { kept } from "./verdict.ts";

const secondsInAll = 600;
const secondsPerFile = 120;
const maxTextBytes = 2 ** 18;

/**
 * Scans every file of a version, one after the other and each with little memory, within ten minutes.
 * @param root key of a folder, or of the file itself. @throws DomainError "invalid" when there are no files
 */
export async function inspectFiles(artifacts: ArtifactStore, root: string): Promise<ScanReport> {
  const { files, isCut } = await listFiles(artifacts, root).catch((error: unknown) => {
    if (!(error instanceof DomainError) || error.code !== "not-found") throw error;
    throw new DomainError("invalid", "No files found at the version's source. Log the model, then scan again.");
  });
  const endAt = performance.now() + secondsInAll * 1000;
  const findings: Finding[] = [];
  let licence: Licence | null = null;
  const scanner = new Scanner();
  try {
    for (const [index, { path, key, sizeBytes }] of files.entries()) {
      const secondsLeft = (endAt - performance.now()) / 1000;
      if (secondsLeft <= 0) {
        findings.push(
          unread(path, `Time limit reached; this file and ${files.length - index - 1} more were not scanned.`),
        );
        break;
      }
      licence ??= await licenceIn(artifacts, path, key);
      if (await isHarmless(artifacts, path, key, sizeBytes)) continue;
      const seconds = Math.min(secondsPerFile, secondsLeft);
      findings.push(...(await scanner.inspect({ name: path, path: await artifacts.localPath(key), seconds })));
    }
  } finally {
    await scanner.close();
  }
  if (isCut) findings.push(unread("", `More than ${files.length} files; the rest was not scanned.`));
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { ...kept(findings), files: files.length, sizeBytes, licence, message: null };
}

/** Returns whether a file contains nothing that runs, judging by its first bytes: this avoids downloading gigabytes of weights. */
async function isHarmless(artifacts: ArtifactStore, path: string, key: string, sizeBytes: number): Promise<boolean> {
  if (sizeBytes === 0) return true;
  const head = await buffer(await artifacts.open(key, { start: 0, end: headBytes - 1 }));
  return formatOf(path, head) === "plain";
}

async function licenceIn(artifacts: ArtifactStore, path: string, key: string): Promise<Licence | null> {
  const isMlModel = path === "MLmodel";
  if (!isMlModel && !isLicenceFile(path)) return null;
  const words = await text(await artifacts.open(key, { start: 0, end: maxTextBytes - 1 }));
  const name = isMlModel ? readMlModel(words).licence : licenceOfText(words);
  return name ? { name, from: isMlModel ? "metadata of MLmodel" : `the file ${path}` } : null;
}

function unread(file: string, words: string): Finding {
  return { file, rule: "not-looked-at", severity: "unread", words };
}
