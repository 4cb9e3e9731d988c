import type { LabelRunResults } from "./contract.ts";
import type { LabelBacklog, LabelSummary } from "./summary-contract.ts";

interface Facts {
  settled: number;
  backlog: LabelBacklog;
  /** Of the newest run; null before the first. */
  results: LabelRunResults | null;
}

const percent = (share: number, digits = 0) => `${(share * 100).toFixed(digits)} %`;
const count = (number: number) => number.toLocaleString("en-GB");
const plural = (number: number, noun: string) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

const grades = {
  reliable: "Labels are reliable",
  tentative: "Labels are tentative",
  unreliable: "Annotators disagree about the classes",
};

/** Says in a sentence how good a project's labels are and what waits, with the numbers as tiles. */
export function describeSummary({ settled, backlog, results }: Facts): LabelSummary {
  return { sentence: sentenceOf({ settled, backlog, results }), tiles: tilesOf({ settled, backlog, results }) };
}

function sentenceOf({ settled, backlog, results }: Facts): string {
  const waiting = backlog.open + backlog.review;
  if (settled === 0)
    return waiting === 0 ? "No items to label yet." : `${plural(waiting, "item")} to label, none labelled yet.`;
  const parts = [gradeOf(results), backlogOf(backlog)];
  return parts.filter((part) => part !== "").join(" ");
}

function gradeOf(results: LabelRunResults | null): string {
  if (!results) return "Agreement is not measured yet.";
  const { agreement, grade, largestClassShare } = results;
  if (agreement.compared === 0) return "No item has answers of two people yet, so agreement is unknown.";
  if (!grade || agreement.alpha.value === null) {
    const { value } = agreement.similarity;
    return value === null ? "Agreement has no value." : `People agree in ${percent(value)} on average.`;
  }
  const { value } = agreement.alpha;
  const ac1 = agreement.ac1?.value ?? null;
  const isRare = (largestClassShare ?? 0) > 0.8 && ac1 !== null;
  // Alpha is low where nearly all items are of one class, however well people agree.
  if (isRare && grade !== "reliable") {
    return `${percent(largestClassShare ?? 0)} of the answers say one class, which makes alpha low (${value.toFixed(2)}); AC1 is ${ac1.toFixed(2)}.`;
  }
  return `${grades[grade]} (alpha ${value.toFixed(2)}).`;
}

function backlogOf({ auditLate, labelWithinDays, open, daysLeft }: LabelBacklog): string {
  if (auditLate > 0) {
    return `${plural(auditLate, "audit item")} ${auditLate === 1 ? "has" : "have"} waited longer than ${plural(labelWithinDays, "day")}.`;
  }
  if (open === 0) return "No items to label.";
  return daysLeft === null
    ? `${plural(open, "item")} to label, and no label in the last week.`
    : `${plural(open, "item")} to label: about ${plural(Math.max(1, Math.ceil(daysLeft)), "day")} at last week's pace.`;
}

function tilesOf({ settled, backlog, results }: Facts): LabelSummary["tiles"] {
  const { alpha, ac1 } = results?.agreement ?? { alpha: null, ac1: null };
  const noise = results?.noise;
  const range = (
    interval: { low: number | null; high: number | null } | null | undefined,
    format: (value: number) => string,
  ) =>
    interval && interval.low !== null && interval.high !== null
      ? `${format(interval.low)} to ${format(interval.high)}`
      : "";
  const two = (value: number) => value.toFixed(2);
  return [
    {
      id: "settled",
      label: "Labelled",
      value: count(settled),
      note: `${count(backlog.settledThisWeek)} in the last 7 days`,
    },
    { id: "waiting", label: "To label", value: count(backlog.open), note: `${count(backlog.review)} in review` },
    {
      id: "agreement",
      label: "Agreement (alpha)",
      value: alpha?.value == null ? null : two(alpha.value),
      note: [range(alpha, two), ac1?.value == null ? "" : `AC1 ${two(ac1.value)}`]
        .filter((part) => part !== "")
        .join(", "),
    },
    {
      id: "noise",
      label: "Suspected label errors",
      value: noise?.share.value == null ? null : percent(noise.share.value, 1),
      note: noise
        ? [range(noise.share, (value) => percent(value, 1)), plural(noise.suspectedCount, "suspect")]
            .filter((part) => part !== "")
            .join(", ")
        : "needs probabilities of a model",
    },
    {
      id: "audit",
      label: "Audit waiting",
      value: count(backlog.auditOpen),
      note: backlog.oldestDays === null ? "" : `oldest ${plural(Math.floor(backlog.oldestDays), "day")}`,
    },
  ];
}
