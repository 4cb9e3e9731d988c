import { type DemoTarget, send } from "./client.ts";
import { ensureEndpoint } from "./deploy.ts";

/** Endpoint where the softmax regression answers the rows it is confident of, and the network the rest. */
export const cascadeEndpoint = "digits-thrifty";
/**
 * Versions of the digits model: about a sixth of the rows escalate from the small one to the large one. The cost of a thousand runs is in
 * millions of multiplications, since both are so quick that their time is the overhead of a run: 64 by 10 weights; and two convolutions
 * of 3 by 3 over 8 by 8 pixels into 16 and 32 channels, then 512 by 64 and 64 by 10 weights.
 */
const small = { version: 1, costPerThousand: 0.64 };
const large = { version: 2, costPerThousand: 337.5 };
const unsure = { output: "probabilities", below: 0.8 };

/** Creates the endpoint with the cascade, of versions that the demo has anyway. One that someone changed stays as it is. */
export async function ensureCascade(target: DemoTarget): Promise<void> {
  await ensureEndpoint(target, { name: cascadeEndpoint, model: "digits", version: small.version, captureShare: 0.2 });
  const cascade = `${target.url}/api/v1/endpoints/${cascadeEndpoint}/cascade`;
  const { next } = await send<{ next: unknown[] }>(target, "GET", cascade);
  if (next.length > 0) return;
  await send(target, "PUT", cascade, {
    rules: { confidence: unsure },
    costPerThousand: small.costPerThousand,
    next: [{ model: "digits", ...large }],
    comparedShare: 0.05,
  });
}

/** Configures an endpoint to log low-confidence predictions, sampled or not, unless it has such a rule. */
export async function ensureUnsureLogged(target: DemoTarget, endpoint: string): Promise<void> {
  const capture = `${target.url}/api/v1/endpoints/${endpoint}/capture`;
  const before = await send<{ lowConfidence: unknown }>(target, "GET", capture);
  if (before.lowConfidence === null) await send(target, "PUT", capture, { ...before, lowConfidence: unsure });
}
