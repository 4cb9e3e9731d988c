import type { SubmitJob } from "#server/improve/training/jobs/contract.ts";

/** Writes the call that submits a job as a command for a shell. @param url address of Leeway */
export function submitCall(url: string, input: SubmitJob): string {
  const body = JSON.stringify(input, null, 2).replaceAll("'", String.raw`'\''`);
  return [
    `curl -X POST "${url}/api/v1/training/jobs" \\`,
    '  -H "Authorization: Bearer $LEEWAY_TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${body}'`,
  ].join("\n");
}
