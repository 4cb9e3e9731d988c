import type { datasetContracts, datasetUploads } from "#db/schema/index.ts";
import { DatasetFormat, type DatasetUpload, UploadProblem } from "./contract.ts";
import { ContractRules, type DatasetContract } from "./rules/contract.ts";

/** Maps an upload to its public form; `digest` is the digest of the version that it became. */
export function toUpload(row: typeof datasetUploads.$inferSelect, digest: string | null): DatasetUpload {
  return {
    id: row.id,
    name: row.name,
    fileName: row.fileName,
    format: DatasetFormat.parse(row.format),
    sizeBytes: row.sizeBytes,
    note: row.note,
    state: row.state,
    rowsRead: row.rowsRead,
    problem: row.problem === null ? null : UploadProblem.parse(row.problem),
    digest,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
  };
}

/** Maps a contract to its public form. */
export function toContract(row: typeof datasetContracts.$inferSelect): DatasetContract {
  const { id, revision, reason, createdBy, createdAt } = row;
  return { id, revision, rules: ContractRules.parse(row.rules), reason, createdBy, createdAt };
}
