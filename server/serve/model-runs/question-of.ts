import { DomainError } from "#server/base/errors.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { readInferRequest } from "#server/serve/protocol/infer-request.ts";
import { replayRequest } from "#server/serve/replay/replay-request.ts";
import type { ServedModel } from "#server/serve/versions/served-model.ts";
import type { Question } from "./predict.ts";
import type { RecordedRequest } from "./recorded-requests.ts";

/** skipped: required data was not stored; refused: clients do not send the version's inputs. */
export type Requested = { question: Question } | { skipped: string } | { refused: string };

/** Converts a recorded request to the version's inputs. */
export function questionOf({ inputs, outputs }: RecordedRequest, model: ServedModel): Requested {
  try {
    const request = replayRequest({ inputs, outputs }, model);
    const sent = readInferRequest(Buffer.from(JSON.stringify({ inputs: request.inputs })), Buffer.alloc(0));
    const names = request.outputs.map(({ name }) => name);
    return { question: { inputs: sent.inputs, outputs: names.length > 0 ? names : undefined } };
  } catch (cause) {
    if (!(cause instanceof DomainError)) throw cause;
    return (inputs ?? []).every(isComplete) ? { refused: cause.message } : { skipped: cause.message };
  }
}

function isComplete({ data }: LoggedTensor): boolean {
  return data !== undefined;
}
