import { Mutations } from "#server/testing/fixtures/http/feast/mutations.ts";
import { changedCalls, firstCalls } from "#server/testing/fixtures/http/label-studio/changed-calls.ts";
import type { Stack } from "../../suite/stack.ts";

/** What became of changed calls of Label Studio's interface. */
export interface LabelStudioFindings {
  calls: number;
  byStatus: Record<string, number>;
  /** Calls that Leeway failed to answer, in words. */
  failures: string[];
}

/** Callers at the same time. */
const parallel = 8;

/** Sends changed recorded calls. @param seconds that it may take */
export async function fuzzLabelStudio(stack: Stack, seconds: number, seed = 19): Promise<LabelStudioFindings> {
  const draw = changedCalls(new Mutations(seed));
  const findings: LabelStudioFindings = { calls: 0, byStatus: {}, failures: [] };
  const send = async ({ method, path, headers, body }: ReturnType<typeof draw>) => {
    const authorization = `Token ${stack.environment.LEEWAY_TOKEN}`;
    const response = await fetch(`${stack.url}/label-studio${path}`, {
      method,
      headers: { ...headers, authorization },
      ...(body !== undefined && method !== "GET" && { body }),
      signal: AbortSignal.timeout(60_000),
    });
    return `${response.status}: ${(await response.text()).slice(0, 200)} <- ${method} ${path} ${body?.slice(0, 200)}`;
  };
  for (const call of firstCalls()) await send(call);
  const startedAt = Date.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (Date.now() - startedAt < seconds * 1000) {
        const answer = await send(draw()).catch((error: unknown) => `no answer: ${error}`);
        const status = answer.split(":")[0] ?? "";
        findings.calls += 1;
        findings.byStatus[status] = (findings.byStatus[status] ?? 0) + 1;
        const isFault = !(Number(status) < 500);
        if (isFault && findings.failures.length < 50) findings.failures.push(answer.slice(0, 500));
      }
    }),
  );
  return findings;
}
