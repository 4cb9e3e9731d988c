import { parseArgs } from "node:util";
import { openDatabase } from "#db/client.ts";
import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { formatCount } from "#server/base/format-number.ts";
import { type SealVerification, verifySeals } from "#server/platform/audit/seals/verify-seals.ts";
import { connectInstallation } from "./connect-installation.ts";
import { say } from "./say.ts";

const usage = "Usage: npm run leeway -- audit verify [--head HASH]";

/**
 * `audit verify` reads the complete audit log and compares it with its seals.
 * @throws StartError, which ends the program with status 1, when an entry or seal was changed, removed or inserted
 */
export async function audit(args: string[], config: Config): Promise<void> {
  const head = readHead(args);
  const { url, close: release } = await connectInstallation(config, say);
  const { db, close } = openDatabase(url, { max: 1, name: "leeway-audit" });
  try {
    const found = await verifySeals(db, head);
    process.stdout.write(`${describeVerification(found)}\n`);
    if (found.problem !== null) throw new StartError(`The audit log is not intact. ${found.problem}`);
  } finally {
    await close();
    await release();
  }
}

/** @throws StartError for anything but `verify` and a hash */
function readHead(args: string[]): string | undefined {
  try {
    const { values, positionals } = parseArgs({ args, options: { head: { type: "string" } }, allowPositionals: true });
    if (positionals.join(" ") !== "verify") throw new StartError(usage);
    const head = values.head?.toLowerCase();
    if (head === undefined || /^[0-9a-f]{64}$/.test(head)) return head;
  } catch {
    throw new StartError(usage);
  }
  throw new StartError(`--head: not a hash. Enter 64 hexadecimal digits. ${usage}`);
}

/** Describes how far the log is intact, and the hash to note elsewhere. */
function describeVerification({ entries, seals, head, unsealed, problem }: SealVerification): string {
  const intact = `${counted(entries, "entry", "entries")} in ${counted(seals, "seal", "seals")} are intact`;
  const lines = [problem === null ? `${intact}.` : `${intact} before the first problem.`];
  if (problem === null) lines.push(`${counted(unsealed, "entry is", "entries are")} not sealed yet.`);
  lines.push(head === null ? "There are no seals yet." : `Hash of seal ${seals}: ${head}`);
  return lines.join("\n");
}

function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
