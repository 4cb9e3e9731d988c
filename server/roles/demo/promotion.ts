import { randomUUID } from "node:crypto";
import { type DemoTarget, send } from "./client.ts";

const model = "digits";
/** The int8 copy of the champion: as good, and a third of its size. */
const candidate = 3;
const colleague = { email: "priya@leeway.example", name: "Priya Raman", role: "member" };

const policy = {
  protectedAliases: ["champion"],
  required: {
    items: ["owner", "description", "source-run", "dataset-digest", "signature", "licence"],
    metrics: ["test_accuracy"],
  },
  gates: [
    { kind: "metadata" },
    { kind: "signature" },
    {
      kind: "metric",
      metric: "test_accuracy",
      scale: "proportion",
      bound: 0.95,
      margin: 0.02,
      rows: { from: "number", count: 500 },
    },
    { kind: "latency", requestsPerSecond: 40, limitMs: 50 },
  ],
};

/**
 * Gives the digits model a policy with gates, and has a colleague request that its int8 version become champion, for the viewer of the
 * demo to decide. Existing policies and requests stay unchanged.
 */
export async function ensurePromotion(target: DemoTarget): Promise<void> {
  const api = `${target.url}/api/v1`;
  const { origin } = await send<{ origin: string }>(target, "GET", `${api}/models/${model}/policy`);
  if (origin !== "model") {
    await send(target, "PUT", `${api}/models/${model}/policy`, {
      policy,
      reason: "Customer-facing changes need two people",
    });
  }
  const found = await send<{ promotions: unknown[] }>(target, "GET", `${api}/promotions?model=${model}`);
  if (found.promotions.length > 0) return;
  const person = { email: colleague.email, password: await passwordOfColleague(target) };
  await send({ ...target, person }, "POST", `${api}/models/${model}/promotions`, {
    version: candidate,
    alias: "champion",
    reason: "Same predictions at a third of the file size",
  });
}

/** A password is shown once; an existing user gets a new one. */
async function passwordOfColleague(target: DemoTarget): Promise<string> {
  const people = `${target.url}/api/v1/users`;
  const { users } = await send<{ users: { id: string; email: string }[] }>(target, "GET", people);
  const known = users.find(({ email }) => email === colleague.email);
  const { password } = await send<{ password: string }>(
    target,
    "POST",
    known ? `${people}/${known.id}/password-reset` : people,
    known ? undefined : colleague,
  );
  // The generated password allows nothing but replacing it.
  const newPassword = randomUUID();
  const change = { currentPassword: password, newPassword };
  const person = { email: colleague.email, password };
  await send({ ...target, person }, "PUT", `${target.url}/api/v1/viewer/password`, change);
  return newPassword;
}
