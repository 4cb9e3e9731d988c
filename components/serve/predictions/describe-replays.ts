import { formatCountOf, plural } from "#components/ui/format.ts";
import type { ReplayedFailures } from "#server/serve/replay/contract.ts";

/** Says what became of replayed failures: "v31 succeeds on 18 of 20. 2 requests cannot be sent; the row says why." */
export function describeReplays({ version, requests }: Pick<ReplayedFailures, "version" | "requests">): string {
  if (requests.length === 0) return "No failed requests are logged in this range.";
  const count = (result: string) => requests.filter((request) => request.result === result).length;
  const [skipped, ended] = [count("skipped"), count("ended")];
  const sent = requests.length - skipped - ended;
  return [
    sent === 0
      ? `Nothing was sent to v${version}.`
      : `v${version} succeeds on ${formatCountOf(count("answered"), sent)}.`,
    ...(skipped > 0 ? [`${plural(skipped, "request")} cannot be sent; the row says why.`] : []),
    ...(ended > 0 ? [`The time limit was reached before ${plural(ended, "request")}.`] : []),
  ].join(" ");
}
