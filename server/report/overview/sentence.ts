import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { formatCount } from "#server/base/format-number.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import type { Overview, OverviewEndpoint } from "./contract.ts";

/** A piece of the sentence; one with an address leads to its evidence. */
export interface SentencePart {
  text: string;
  href?: string;
}

/** States that the sentence names, although requests are served. */
const unwell: OverviewEndpoint["state"]["kind"][] = ["recovering", "degraded", "starting", "silenced"];

const nbsp = "\u00a0";

/** Describes the state of the workspace, worst fact first: deployments, failures, training. Every number in it comes from `overview`. */
export function sentenceOf(overview: Overview): SentencePart[] {
  const clauses = [
    endpointsClause(overview.endpoints),
    trafficClause(overview.endpoints),
    runsClause(overview),
    releaseClause(overview),
  ];
  return joined(clauses.filter((clause) => clause.length > 0));
}

function endpointsClause(endpoints: readonly OverviewEndpoint[]): SentencePart[] {
  if (endpoints.length === 0) return [{ text: "No endpoints are serving yet" }];
  const failing = endpoints.filter(({ state }) => state.kind === "failing");
  const [first] = failing;
  const deployed = endpoints.filter(({ serving }) => serving.kind !== "empty");
  if (first && deployed.every(({ serving }) => serving.kind === "no-gateway")) {
    return [{ text: "No gateway is running, so all endpoints are failing", href: "/endpoints" }];
  }
  if (first && failing.length === 1) return [endpointLink(first), { text: " is failing" }];
  if (first) {
    const [, second, ...more] = failing;
    const names = [
      endpointLink(first),
      ...(second ? [{ text: more.length > 0 ? ", " : " and " }, endpointLink(second)] : []),
    ];
    const rest = more.length > 0 ? [{ text: ` and ${formatCount(more.length)} more` }] : [];
    return [
      { text: `${formatCount(failing.length)} of ${formatCount(endpoints.length)} endpoints are failing: ` },
      ...names,
      ...rest,
    ];
  }
  const count = endpoints.filter(({ serving }) => serving.kind === "serving" || serving.kind === "degraded").length;
  const text = describeServing(count, endpoints.length);
  const weak = endpoints.find(({ state }) => unwell.includes(state.kind));
  const why = weak ? [{ text: "; " }, endpointLink(weak), { text: ` is ${weak.state.word.toLowerCase()}` }] : [];
  return [{ text, href: "/endpoints" }, ...why];
}

function describeServing(serving: number, all: number): string {
  if (serving === 0) return "No endpoints are serving yet";
  if (serving < all) return `${capital(word(serving))} of ${word(all)} endpoints ${serving === 1 ? "serves" : "serve"}`;
  if (all === 1) return "The only endpoint serves";
  return all === 2 ? "Both endpoints serve" : `All ${word(all)} endpoints serve`;
}

function trafficClause(endpoints: readonly OverviewEndpoint[]): SentencePart[] {
  if (endpoints.length === 0) return [];
  const requests = sum(endpoints.map((endpoint) => endpoint.requests));
  const errors = sum(endpoints.map((endpoint) => endpoint.serverErrors));
  if (requests === 0) return [{ text: `no predictions were requested in the last 24${nbsp}h` }];
  const requestText = `${formatCount(requests)} request${requests === 1 ? "" : "s"}`;
  if (errors === 0)
    return [{ text: `${requestText} in the last 24${nbsp}h ${requests === 1 ? "succeeded" : "all succeeded"}` }];
  const worst = endpoints.reduce((most, each) => (each.serverErrors > most.serverErrors ? each : most));
  const where = worst.serverErrors === errors ? "all" : "most";
  return [
    { text: `${formatCount(errors)} of ${requestText} in the last 24${nbsp}h failed, ${where} at ` },
    endpointLink(worst),
  ];
}

function runsClause({ runs }: Overview): SentencePart[] {
  const { startedLast7Days: started, failedLast7Days: failed, running } = runs;
  if (started === 0 && running === 0) return [];
  const parts = [`${formatCount(started)} run${started === 1 ? "" : "s"} started in the last 7${nbsp}days`];
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  if (running > 0) parts.push(`${formatCount(running)} ${running === 1 ? "is" : "are"} in progress`);
  return [{ text: listed(parts), href: "/experiments" }];
}

function releaseClause({ releases, asOf }: Overview): SentencePart[] {
  const [newest] = releases;
  if (!newest) return [];
  const what = newest.isReturn ? "the last change was a rollback to " : "the last release was ";
  return [
    { text: what },
    {
      text: `${newest.modelName} v${newest.version}`,
      href: endpointTabHref(newest.endpoint, "releases"),
    },
    { text: ` ${ago(asOf.getTime() - newest.deployedAt.getTime())}` },
  ];
}

function endpointLink({ name }: OverviewEndpoint): SentencePart {
  return { text: name, href: endpointTabHref(name) };
}

/** Clauses one and two make the first sentence, the others one each. */
function joined(clauses: SentencePart[][]): SentencePart[] {
  const parts: SentencePart[] = [];
  for (const [index, clause] of clauses.entries()) {
    const starts = index === 0 || index > 1;
    if (index > 0) parts.push({ text: index === 1 ? "; " : ". " });
    const first = clause.find((part) => part.text !== "");
    parts.push(
      ...clause
        .filter((part) => part.text !== "")
        // Names keep their own spelling at the start of a sentence.
        .map((part) => (starts && part === first && !isName(part) ? { ...part, text: capital(part.text) } : part)),
    );
  }
  return [...parts, { text: "." }];
}

function isName({ href }: SentencePart): boolean {
  return href?.startsWith("/endpoints/") ?? false;
}

function listed(parts: string[]): string {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  return last === undefined ? first : `${[first, ...rest].join(", ")} and ${last}`;
}

function ago(ms: number): string {
  if (ms < minuteMs) return "less than a minute ago";
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)}${nbsp}min ago`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}${nbsp}h ago`;
  return `${Math.floor(ms / dayMs)}${nbsp}days ago`;
}

const words = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

function word(value: number): string {
  return words[value] ?? formatCount(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
