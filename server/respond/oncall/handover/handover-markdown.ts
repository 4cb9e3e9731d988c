import { ticketPath } from "#server/alerting/alerts/constants.ts";
import { formatCount, percent } from "#server/base/format-number.ts";
import type { Shift } from "../schedules/contract.ts";
import type { ShiftStatistics } from "./contract.ts";
import type { HandoverFacts } from "./handover-facts.ts";
import type { ShiftPage } from "./shift-pages.ts";

interface Handover extends HandoverFacts {
  schedule: string;
  timeZone: string;
  shift: Pick<Shift, "from" | "to">;
  /** Person whose shift ends; null where they no longer exist. */
  from: string | null;
  /** Next on call; null where there is no one. */
  to: string | null;
  pages: readonly ShiftPage[];
  statistics: ShiftStatistics;
}

/** Drafts a handover note in Markdown: open matters, pages and upcoming changes. Times are local to the schedule. */
export function handoverMarkdown(facts: Handover): string {
  const { schedule, timeZone, shift, from, to, pages, statistics, ...open } = facts;
  const time = (at: Date) =>
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    }).format(at);
  const unanswered = pages.filter(({ verdict }) => verdict === null);
  return [
    `# Handover of ${plain(schedule)}`,
    `${time(shift.from)} to ${time(shift.to)} (${timeZone}), from ${plain(from ?? "no one")} to ${plain(to ?? "no one")}.`,
    describeStatistics(statistics),
    ...section(
      "Currently open",
      open.groups.map(({ groupId, severity, service, title, since, acknowledgedBy }) => {
        const owner = acknowledgedBy ? `acknowledged by ${plain(acknowledgedBy)}` : "**unacknowledged**";
        return `${severity}: [${plain(named(service, title))}](${ticketPath(groupId)}), since ${time(since)}, ${owner}`;
      }),
      "No firing alerts.",
    ),
    ...section(
      "Incidents",
      open.incidents.map(
        ({ number, severity, state, title }) =>
          `[INC-${number}](/incidents/INC-${number}) ${severity}, ${state}: ${plain(title)}`,
      ),
      "No open incidents.",
    ),
    ...section(
      "Pages during this shift",
      pages.map(
        ({ groupId, at, service, title, isResolved: hasEnded, isSleepHour, verdict }) =>
          `${time(at)}: [${plain(named(service, title))}](${ticketPath(groupId)}), ${[
            hasEnded ? "over" : "still open",
            ...(isSleepHour ? ["at night"] : []),
            verdict ?? "no feedback",
          ].join(", ")}`,
      ),
      "No pages.",
    ),
    ...(unanswered.length === 0
      ? []
      : section(
          "Missing feedback",
          unanswered.map(
            ({ groupId, service, title }) =>
              `[${plain(named(service, title))}](${ticketPath(groupId)}): actionable, known, noise or duplicate?`,
          ),
          "",
        )),
    ...section(
      "Silences expiring within 7 days",
      open.silences.map(
        ({ matchers, endsAt, createdBy, comment }) =>
          `${time(endsAt)}: \`${matchers.replaceAll("`", "'")}\`, by ${plain(createdBy)}: ${plain(comment)}`,
      ),
      "None.",
    ),
    ...section(
      "Rollouts in progress",
      open.rollouts.map(
        ({ id, endpoint, phase, reason }) => `[${plain(endpoint)}](/rollouts/${id}), ${phase}: ${plain(reason)}`,
      ),
      "None.",
    ),
    "## Notes",
    "What else should the next on-call engineer know?",
  ].join("\n\n");
}

function section(title: string, lines: readonly string[], none: string): string[] {
  return [`## ${title}`, lines.length > 0 ? lines.map((line) => `- ${line}`).join("\n") : none];
}

function describeStatistics({ pages, nightPages, unanswered, precision }: ShiftStatistics): string {
  if (pages === 0) return "No pages.";
  return [
    `${formatCount(pages)} ${pages === 1 ? "page" : "pages"}, ${formatCount(nightPages)} at night`,
    ...(precision === null ? [] : [`${percent(precision)} of rated pages were actionable`]),
    ...(unanswered > 0 ? [`${formatCount(unanswered)} without feedback`] : []),
  ]
    .join("; ")
    .concat(".");
}

/** Escapes Markdown characters, so that text from people and alerts appears literally. */
function plain(text: string): string {
  // The final full stop is dropped, because the title is embedded in another sentence.
  const title = text.replaceAll(/\s+/g, " ").replace(/\.$/, "");
  return title.replaceAll(/[\\`*_[\]<>#|]/g, (character) => `\\${character}`);
}

/** Returns a title with its service, which titles of Leeway's own alerts start with. */
function named(service: string, title: string): string {
  return title.startsWith(`${service}: `) ? title : `${service} · ${title}`;
}
