import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { GivenTensor } from "../features/contract.ts";
import type { SampledRow } from "./build/row-sample.ts";
import type { LoadedProfile } from "./load-profile.ts";

/** Maximum number of raw rows stored of a reference. */
const maxSampled = 5000;

/** Returns the storage key of a reference's sample. */
export function sampleKeyOf(workspaceId: string, profileId: string): string {
  return artifactKey(workspaceId, ["references", profileId, "sample.json.gz"]);
}

/** Serialises rows as the stored file. Infinities and NaN become strings because JSON has no numbers for them. */
export function packSample(rows: readonly SampledRow[]): Readable {
  const part = ({ name, datatype, data }: GivenTensor) => ({ name, datatype, data: Array.from(data, toJson) });
  const kept = rows.slice(0, maxSampled).map(({ inputs, outputs, label }) => ({
    inputs: inputs.map(part),
    label,
    ...(outputs && { outputs: outputs.map(part) }),
  }));
  return Readable.from([gzipSync(JSON.stringify(kept))]);
}

/**
 * Reads the raw rows stored of a reference: at most 5,000, a uniform sample of all, with inputs, outputs and label.
 * @returns an empty list if none were stored. @throws DomainError of the store
 */
export async function readSample(
  store: Pick<ArtifactStore, "open">,
  { sampleKey }: Pick<LoadedProfile, "sampleKey">,
): Promise<SampledRow[]> {
  if (!sampleKey) return [];
  const chunks = (await (await store.open(sampleKey)).toArray()) as Buffer[];
  const rows = JSON.parse(String(gunzipSync(Buffer.concat(chunks)))) as SampledRow[];
  const part = (tensor: SampledRow["inputs"][number]) => ({ ...tensor, data: fromJson(tensor) });
  return rows.map(({ inputs, outputs, label }) => ({
    inputs: inputs.map(part),
    outputs: outputs?.map(part),
    label,
  }));
}

function toJson(element: GivenTensor["data"][number]): unknown {
  if (typeof element === "number") return Number.isFinite(element) ? element : String(element);
  return typeof element === "bigint" ? Number(element) : (element ?? null);
}

function fromJson({ datatype, data }: GivenTensor): GivenTensor["data"] {
  if (datatype === "BYTES") return data;
  return Array.from(data, (element) => (typeof element === "string" ? Number(element) : element));
}
