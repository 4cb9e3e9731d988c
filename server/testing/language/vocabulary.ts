/** What a name or a text must not say, and what says it instead (CONTRIBUTING.md, Names). */
interface Rule {
  pattern: RegExp;
  /** May use groups of the pattern. */
  instead: string;
}

/** Whole names. */
export const nameRules: readonly Rule[] = [
  { pattern: /^(?:most|longest)([A-Z]\w*)$/, instead: "max$1" },
  { pattern: /^(?:least|fewest|shortest)([A-Z]\w*)$/, instead: "min$1" },
  { pattern: /^(\w*[a-z])Words$/, instead: "describe…, format… or a map of …Labels" },
];

/** Parts of names: "told" is one of isTold and toldAt, and none of foretold. */
export const partRules: Readonly<Record<string, string>> = {
  anybody: "someone, or the role",
  begun: "started",
  everybody: "everyone, or the role",
  farewell: "drain",
  forget: "delete, deleteExpired or evict",
  forgets: "deletes",
  forgotten: "deleted",
  heard: "received, or message",
  judged: "evaluated, or evaluation",
  lend: "lease",
  lender: "lease",
  lent: "leased",
  patience: "timeoutMs",
  scene: "fixture",
  somebody: "someone, user or the role",
  stranger: "outsider",
  told: "notified, reported, or a noun",
  whoever: "user, or the role",
  wish: "input, query, request or values",
  wished: "requested",
  wishes: "inputs",
};

/** All texts, those of logs included. Texts that people read also follow the glossary. */
export const textRules: readonly Rule[] = [
  { pattern: /\b(?:somebody|anybody|whoever)\b/i, instead: "someone, you, or the role" },
  { pattern: /\b(?:is|are|was|were|been|be) told\b/i, instead: "is notified" },
  { pattern: /\bby itself\b/i, instead: "automatically" },
  { pattern: /\bof itself\b/i, instead: "automatically" },
  { pattern: /\b(?:gives?|gave|given) up\b/i, instead: "failed" },
  { pattern: /\bmade up\b(?! of)/i, instead: "synthetic" },
  { pattern: /\bfor want of\b/i, instead: "because" },
  { pattern: /\bin spite of\b/i, instead: "despite" },
  { pattern: /\bswitch(?:e[sd]|ing)? (?:on|off)\b/i, instead: "enable, disable" },
  { pattern: /\b(?:try|tries|tried|tr)ing? anew\b|\banew\b/i, instead: "retry" },
  { pattern: /\bunder way\b/i, instead: "running, or in progress" },
  { pattern: /\bfor good\b/i, instead: "permanently" },
  { pattern: /\bpoints? at v\d/i, instead: "points to" },
  { pattern: /\bcannot tell\b/i, instead: "inconclusive" },
  { pattern: /\b(?:taken?|takes|took) (?:back|away)\b/i, instead: "remove, or roll back" },
  { pattern: /\b(?:hands?|passe?s?) (?:on|over) to\b/i, instead: "escalate" },
  { pattern: /\bkeep days\b/i, instead: "retention" },
  { pattern: /\btime without anybody\b/i, instead: "coverage gap" },
  { pattern: /\bcalendar address\b/i, instead: "calendar URL" },
];

interface Exception {
  /** The name, or a part of the text. */
  value: string;
  /** Where it may stand: a file or a folder. Everywhere without one. */
  under?: string;
  reason: string;
}

const wire = "a field of the API or of the database";
const former = "a former name, which data on disk still has";

/** What the rules leave alone. One that nothing needs is an error too. */
export const exceptions: readonly Exception[] = [
  { value: "affectedWords", reason: wire },
  { value: "faultWords", reason: wire },
  { value: "indicatorWords", reason: wire },
  { value: "labelWords", reason: wire },
  { value: "mostBytes", reason: former },
  { value: "annot tell", under: "app/(console)/(improve)", reason: "what an annotator answers, in the design" },
  { value: "annot tell", under: "components/improve/labelling", reason: "what an annotator answers, in the design" },
  { value: "annot tell", under: "components/shell/key-help.tsx", reason: "what an annotator answers, in the design" },
  {
    value: "able agile amber",
    under: "server/develop/tracking/random-name.ts",
    reason: "words that runs are named by",
  },
  {
    value: "ground truth",
    under: "server/improve/labelling/exchange/import-labels.ts",
    reason: "a field of Label Studio's tasks",
  },
  { value: "(answer)", under: "server/watch/monitoring/features/", reason: "a name of stored features" },
];
