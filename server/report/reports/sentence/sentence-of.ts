import type { SentencePart } from "../contract.ts";
import type { ReportFacts } from "../facts/contract.ts";
import { durationText } from "../figure.ts";
import { figurePart, joined, listed, spellCount } from "./text.ts";

/** A model that missed an objective, worst first, with what it missed and the incident that says why. */
export interface MissedObjective {
  model: string;
  /** "freshness". */
  what: string;
  href: string;
  incident: { number: number; title: string } | null;
}

export interface SentenceFacts
  extends Pick<
    ReportFacts,
    "period" | "isPartial" | "objectives" | "incidents" | "response" | "spend" | "releases" | "retraining" | "gameDays"
  > {
  missed: readonly MissedObjective[];
  /** Worst incident that started in the period. */
  worst: { number: number; severity: string; title: string } | null;
}

const maxNamed = 2;

/**
 * Describes the period in one or two sentences, from facts: objectives first, then incidents, releases, retraining, game days and costs. In a bad period the worst
 * fact comes first. Every number belongs to a figure.
 */
export function sentenceOf(facts: SentenceFacts): SentencePart[] {
  return joined([
    objectivesClause(facts),
    incidentsClause(facts),
    releasesClause(facts),
    retrainingClause(facts),
    gameDaysClause(facts),
    spendClause(facts),
  ]);
}

function objectivesClause(facts: SentenceFacts): SentencePart[] {
  const { objectives, missed, worst, period, isPartial } = facts;
  const total = objectives.models.length;
  const soFar = isPartial ? `so far this ${period}, ` : "";
  if (total === 0) return [{ text: "no SLOs yet", href: "/slos/new", figure: "objectives.met" }];
  const met = objectives.met.value ?? 0;
  const known = objectives.models.filter(({ state }) => state !== "no-data").length;
  if (known === 0)
    return [{ text: `${soFar}no SLO of ` }, { text: describeModels(total), href: "/slos" }, { text: " has data" }];
  const counted = [{ text: soFar }, ...describeMet(facts, met, total), ...describeUnknown(total - known)];
  if (worst?.severity === "SEV1" || met * 2 < known) {
    const bad = missed.length > 0 ? describeMissed(missed) : worst ? describeIncident(worst) : [];
    if (bad.length > 0)
      return [
        { text: soFar },
        ...bad,
        { text: "; " },
        ...describeMet(facts, met, total, true),
        ...describeUnknown(total - known),
      ];
  }
  return missed.length > 0 ? [...counted, { text: "; " }, ...describeMissed(missed)] : counted;
}

function describeMet({ objectives }: SentenceFacts, met: number, total: number, isLow = false): SentencePart[] {
  const many = total === 1 ? "model" : "models";
  const every = total === 1 ? "all its SLOs" : "all SLOs";
  if (met === total) {
    if (total === 1) return [{ text: "the " }, figurePart(objectives.met, true), { text: ` model met ${every}` }];
    return [{ text: "all " }, figurePart(objectives.met, true), { text: ` ${many} met all SLOs` }];
  }
  return [
    ...(isLow && met > 0 ? [{ text: "only " }] : []),
    figurePart(objectives.met, true),
    { text: ` of ${spellCount(total)} ${many} met all SLOs` },
  ];
}

function describeUnknown(unknown: number): SentencePart[] {
  if (unknown === 0) return [];
  return [{ text: `, ${spellCount(unknown)} ${unknown === 1 ? "has" : "have"} no data` }];
}

function describeMissed(missed: readonly MissedObjective[]): SentencePart[] {
  const named = missed
    .slice(0, maxNamed)
    .map(({ model, what, href, incident }) => [
      { text: model, href },
      { text: ` missed ${what}` },
      ...(incident ? [{ text: " in " }, incidentLink(incident)] : []),
    ]);
  const rest = missed.length - maxNamed;
  return listed([...named, ...(rest > 0 ? [[{ text: `${spellCount(rest)} more missed theirs` }]] : [])]);
}

function incidentLink({ number }: { number: number }): SentencePart {
  return { text: `INC-${number}`, href: `/incidents/${number}` };
}

function describeIncident(worst: { number: number; severity: string; title: string }): SentencePart[] {
  return [{ text: `${worst.severity}: ${worst.title} (` }, incidentLink(worst), { text: ")" }];
}

function incidentsClause({ incidents, response }: SentenceFacts): SentencePart[] {
  const { count, customerMinutes } = incidents;
  if (!count.value) return [];
  const many = count.value === 1 ? "incident" : "incidents";
  const cost = customerMinutes.value
    ? [{ text: " cost " }, figurePart(customerMinutes), { text: " customer minutes" }]
    : null;
  const fixed =
    response.restore.value === null
      ? null
      : [{ text: count.value === 1 ? " was resolved in " : " were resolved in " }, figurePart(response.restore)];
  return [
    figurePart(count, true),
    { text: ` ${many}` },
    ...(cost ?? fixed ?? [{ text: count.value === 1 ? " began" : " began" }]),
  ];
}

function releasesClause({ releases }: SentenceFacts): SentencePart[] {
  const back = releases.latest.filter(({ kind }) => kind === "rolled-back");
  const [only] = back;
  if (only && back.length === 1) {
    const { rollout, model, href } = only;
    const link = { text: model, href };
    if (!rollout) return [{ text: "one release of " }, link, { text: " was rolled back manually" }];
    const how = rollout.isByItself ? "was rolled back automatically" : "was rolled back manually";
    const touched = rollout.affectedWords ? `; ${rollout.affectedWords}` : "";
    return [{ text: "one release of " }, link, { text: ` ${how} after ${durationText(rollout.lastedMs)}${touched}` }];
  }
  if (back.length > 1) {
    const models = [...new Map(back.map(({ model, href }) => [model, href]))];
    const links = models.slice(0, maxNamed).map(([text, href]) => [{ text, href }]);
    return [figurePart(releases.rolledBack, true), { text: " releases were rolled back: " }, ...listed(links)];
  }
  if (!releases.released.value) return [];
  const many = releases.released.value === 1 ? "release" : "releases";
  return [figurePart(releases.released, true), { text: ` ${many} shipped without a rollback` }];
}

function retrainingClause({ retraining }: SentenceFacts): SentencePart[] {
  if (!retraining?.cycles.value) return [];
  const { cycles, adopted } = retraining;
  if (cycles.value === 1) {
    return [
      figurePart(cycles, true),
      { text: ` retraining cycle ${adopted.value === 1 ? "was adopted" : "was not adopted"}` },
    ];
  }
  return [
    figurePart(adopted, true),
    { text: " of " },
    figurePart(cycles, true),
    { text: ` retraining cycles ${adopted.value === 1 ? "was" : "were"} adopted` },
  ];
}

function gameDaysClause({ gameDays }: SentenceFacts): SentencePart[] {
  if (!gameDays?.held.value) return [];
  const { held, confirmed } = gameDays;
  if (held.value === 1) {
    const result = confirmed.value === 1 ? "confirmed its hypothesis" : "did not confirm its hypothesis";
    return [figurePart(held, true), { text: ` game day ${result}` }];
  }
  return [
    figurePart(confirmed, true),
    { text: " of " },
    figurePart(held, true),
    { text: ` game days confirmed ${confirmed.value === 1 ? "its hypothesis" : "their hypotheses"}` },
  ];
}

function spendClause({ spend }: SentenceFacts): SentencePart[] {
  if (spend.verdict === "") return [];
  const { href, id } = spend.forecast;
  return [
    { text: `spend is forecast to end ${spend.month} ` },
    { text: spend.verdict, href, figure: id },
    ...(spend.verdict.startsWith("on ") ? [] : [{ text: " budget" }]),
  ];
}

function describeModels(total: number): string {
  return total === 1 ? "the only model" : `${spellCount(total)} models`;
}
