import { type DemoTarget, send } from "./client.ts";
import { ensureEndpoint } from "./deploy.ts";

/** Where the softmax regression answers what it is sure of, and the network the rest. */
export const cascadeEndpoint = "digits-thrifty";
/** Versions of the digits model: about a sixth of its rows go from the small one to the large one. */
const [small, large] = [1, 2];
const unsure = { output: "probabilities", below: 0.8 };

/** Makes the endpoint with the cascade, of versions that the demo serves or has anyway. One that somebody changed stays as it is. */
export async function ensureCascade(target: DemoTarget): Promise<void> {
  await ensureEndpoint(target, { name: cascadeEndpoint, model: "digits", version: small, captureShare: 0.2 });
  const cascade = `${target.url}/api/v1/endpoints/${cascadeEndpoint}/cascade`;
  const { next } = await send<{ next: unknown[] }>(target, "GET", cascade);
  if (next.length > 0) return;
  const wish = { rules: { confidence: unsure }, next: [{ model: "digits", version: large }], comparedShare: 0.05 };
  await send(target, "PUT", cascade, wish);
}

/** Keeps what the model of an endpoint is unsure of, sampled or not, unless the endpoint has such a rule. */
export async function ensureUnsureKept(target: DemoTarget, endpoint: string): Promise<void> {
  const capture = `${target.url}/api/v1/endpoints/${endpoint}/capture`;
  const before = await send<{ lowConfidence: unknown }>(target, "GET", capture);
  if (before.lowConfidence === null) await send(target, "PUT", capture, { ...before, lowConfidence: unsure });
}
