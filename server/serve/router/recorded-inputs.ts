import { and, desc, eq, isNotNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { predictions } from "#db/schema/index.ts";
import { log } from "#server/base/log.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { databaseError } from "../../base/database-error.ts";
import { bindRequest } from "../protocol/bind-request.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { halvesAsBytes } from "../protocol/halves.ts";
import type { Tensor } from "../tensor/tensor.ts";

const maxRequests = 3;
const looksAt = 30;
const timeoutMs = 2_000;

/**
 * Reads inputs of an endpoint's newest logged requests that fit a signature, each shape once, for warm-up. Empty if Postgres does not
 * respond soon: a gateway starts without it. For gateways, not on behalf of a caller.
 */
export async function recordedInputs(db: Database, endpointId: string, signature: Signature): Promise<Tensor[][]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("Postgres takes too long.")), timeoutMs);
  try {
    const rows = await Promise.race([read(db, endpointId), late.promise]);
    const byShape = new Map<string, Tensor[]>();
    for (const { inputs } of rows) {
      const fitting = fittingTensors((inputs ?? []) as LoggedTensor[], signature);
      const key = JSON.stringify(fitting?.map(({ shape }) => shape));
      if (fitting && !byShape.has(key)) byShape.set(key, fitting);
    }
    return [...byShape.values()].slice(0, maxRequests);
  } catch (cause) {
    log.warn("warm-up.without_records", { reason: databaseError(cause).message });
    return [];
  } finally {
    clearTimeout(timer);
  }
}

function read(db: Database, endpointId: string) {
  return db
    .select({ inputs: predictions.inputs })
    .from(predictions)
    .where(and(eq(predictions.endpointId, endpointId), eq(predictions.status, 200), isNotNull(predictions.inputs)))
    .orderBy(desc(predictions.at))
    .limit(looksAt);
}

/** Returns the tensors for a model; undefined when some were not stored, or do not fit its inputs. */
function fittingTensors(inputs: LoggedTensor[], { inputs: specs }: Signature): Tensor[] | undefined {
  const parts = inputs.filter(({ name }) => specs.some((spec) => spec.name === name));
  if (parts.some(({ data, encoding }) => data === undefined || encoding)) return undefined;
  const requested = { id: undefined, timeoutMs: undefined, priority: 0, outputs: undefined, wantsBinary: true };
  const sent = parts.map(({ name, datatype, shape, data }) => ({ name, datatype, shape, data, binarySize: undefined }));
  try {
    const request = { ...requested, ...halvesAsBytes(sent, Buffer.alloc(0)) };
    return bindRequest(request, { inputs: specs, outputs: [] }).tensors;
  } catch {
    return undefined;
  }
}
