/** A word that the field does not use in some sense, and how a text with it is found. */
export interface GlossaryWord {
  word: string;
  /** Finds the word in the sense that is refused. */
  pattern: RegExp;
  instead: string;
  /** A text that the pattern must find. */
  sample: string;
  /** A text with the word in a sense that stays. */
  accepts?: string;
  /** Files in which the word is a term of its own, and one of them. */
  except?: RegExp;
  acceptsIn?: string;
}

const labelling = /\/labelling\/|\/labels\/|\/label-studio\/|\/v1\/label-|demo\/labels\//;
const regions =
  /\/labelling\/|release\/evaluation|stats\/evaluation|tracking\/traces|tracking\/metrics\/contract|mlflow\/otlp|shell\/key-help/;

/** Words that people must not read, by area (CONTRIBUTING.md, Names). Only texts that people read are checked. */
export const glossary: Readonly<Record<string, readonly GlossaryWord[]>> = {
  everywhere: [
    {
      word: "make",
      pattern:
        /^make (?!sure\b|its folder)|\b(?:is|are|was|were|been|being) made\b(?! (?:up|of|on purpose)\b)|\bmade (?:by|from|for|with)\b/i,
      instead: "create",
      sample: "Make a rule",
      accepts: "Make sure that the worker runs.",
    },
    {
      word: "change",
      pattern: /^change (?:it|them|one|this|the (?!currency|order))\b/i,
      instead: "edit",
      sample: "Change the rule…",
      accepts: "Change password",
    },
    { word: "take away", pattern: /\bt(?:ake|akes|aken|ook) away\b/i, instead: "remove", sample: "Take away the role" },
    {
      word: "end",
      pattern: /\bend (?:it|them|this (?!month|week|year)|that)\b/i,
      instead: "stop, delete or archive",
      sample: "End it first.",
      accepts: "End all sessions",
    },
    {
      word: "most, least, fewest, longest",
      pattern:
        /^(?:most|least|fewest|longest|shortest)$|^(?:most|least|fewest|longest|shortest|highest|largest|smallest) (?:rows|bytes|requests|time|value|share|number|size|length|body|batch)$/i,
      instead: "max, min, at most or at least",
      sample: "Longest time",
      accepts: "Most affected segments",
    },
    {
      word: "span",
      pattern: /\bspans?\b/i,
      instead: "time range or window",
      sample: "The span of the chart",
      except: regions,
      acceptsIn: "components/release/evaluation/a.tsx",
    },
    { word: "stretch", pattern: /\bstretch(?:es)?\b/i, instead: "time range", sample: "A stretch without data" },
    {
      word: "no value",
      pattern: /^no value$/i,
      instead: "–",
      sample: "no value",
      accepts: "The template has no value.",
    },
    { word: "not known", pattern: /\bnot known\b/i, instead: "unknown", sample: "not known yet" },
    { word: "not to be told", pattern: /\bto be told\b/i, instead: "unknown", sample: "Not to be told" },
    { word: "in force", pattern: /\bin force\b/i, instead: "in effect, active", sample: "The rule is in force." },
    {
      word: "holds",
      pattern: /\b(?:rule|policy|plan|setting|limit|contract|promise)s? holds?\b/i,
      instead: "in effect, active",
      sample: "Which policy holds",
      accepts: "The file holds no columns.",
    },
    {
      word: "stands",
      pattern: /\bstands?\b(?! (?:out|still)\b)|\bstood\b/i,
      instead: "is, or in effect",
      sample: "Where the version stands",
      accepts: "No segment stands out.",
    },
    {
      word: "who",
      pattern: /^who$|\b(?:to|of|by|for|with) who\b/i,
      instead: "someone, you, or the role",
      sample: "Sent to who pressed it",
      accepts: "Who is on call now",
    },
    {
      word: "could not be read",
      pattern: /\bcould not be (?:read|shown|reached|listed)\b/i,
      instead: "could not load …",
      sample: "The queue could not be read.",
    },
    {
      word: "went wrong with",
      pattern: /\bwent wrong with\b/i,
      instead: "failed",
      sample: "Something went wrong with the queue.",
      accepts: "What went wrong",
    },
  ],
  tracking: [
    { word: "took", pattern: /^took$/i, instead: "duration", sample: "Took", accepts: "The check took two minutes." },
    { word: "started by it", pattern: /\bstarted by it\b/i, instead: "child run", sample: "Runs started by it" },
    { word: "relatives", pattern: /\brelatives\b/i, instead: "child run, parent run", sample: "Relatives of the run" },
    {
      word: "silent",
      pattern: /\bsilent\b(?! recordings)/i,
      instead: "no heartbeat, stalled",
      sample: "3 silent",
      accepts: "Silent recordings",
    },
    {
      word: "said nothing",
      pattern: /\bsaid nothing\b/i,
      instead: "no heartbeat",
      sample: "It said nothing for 5 min",
    },
    { word: "course", pattern: /^course\b/i, instead: "curve, trend", sample: "Course of the loss" },
    {
      word: "forget",
      pattern: /\bforgets?\b|\bforgotten\b/i,
      instead: "delete",
      sample: "Forget the run",
      accepts: "Forgot password?",
    },
  ],
  registry: [
    { word: "points at", pattern: /\bpoint(?:s|ed|ing)? at\b/i, instead: "points to", sample: "champion points at v3" },
    {
      word: "is given",
      pattern: /\b(?:alias|name|tag) (?:is|was) given\b/i,
      instead: "points to",
      sample: "The alias is given to v3",
      accepts: "At the given time",
    },
    { word: "in the way", pattern: /\bin the way\b/i, instead: "blocked by", sample: "What is in the way" },
    {
      word: "held",
      pattern: /^held\b(?!-out)|\bheld (?:up|since|until)\b/i,
      instead: "blocked, on hold",
      sample: "Held 3 h",
      accepts: "Held-out rows",
    },
    { word: "void", pattern: /\bvoid\b/i, instead: "invalid", sample: "Void" },
    { word: "asked for", pattern: /\basked for\b/i, instead: "requested", sample: "Asked for by Priya" },
    { word: "look at", pattern: /\blook(?:s|ed|ing)? at\b/i, instead: "inspect, check", sample: "Look at the file" },
    {
      word: "judged",
      pattern: /\bjudg(?:e|es|ed|ing)\b/i,
      instead: "evaluate, based on",
      sample: "Judged by the mean",
    },
  ],
  serving: [
    {
      word: "answer",
      // "No answer" is what a receipt says of a person who was paged.
      pattern: /(?<!^no )\banswer(?:s|ed|ing)?\b/i,
      instead: "prediction, output or response",
      sample: "The answer of the model",
      accepts: "No answer",
      except: labelling,
      acceptsIn: "components/improve/labelling/a.tsx",
    },
    {
      word: "ask",
      pattern: /\bask(?:s|ed|ing)? (?:it|whether|which|the (?:model|engine|version|endpoint))\b/i,
      instead: "request, send",
      sample: "Ask the model",
      accepts: "Ask an admin to invite you.",
    },
    {
      word: "question",
      pattern: /\bquestions?\b/i,
      instead: "request",
      sample: "A question to the model",
      except: labelling,
      acceptsIn: "components/improve/labelling/a.tsx",
    },
    {
      word: "behind",
      pattern: /\bbehind (?:it|them|this|the (?:endpoint|name))\b|^behind (?!pace)/i,
      instead: "deployed, or after",
      sample: "The version behind the endpoint",
      accepts: "Trials that fall behind",
    },
    { word: "serves now", pattern: /\bserves now\b/i, instead: "deployed", sample: "What serves now" },
    {
      word: "hand on, pass over",
      pattern: /\b(?:hand|pass)(?:s|es|ed|ing)? on\b|\bpass(?:es|ed|ing)? over\b/i,
      instead: "escalate",
      sample: "Hand on below 0.8",
    },
    {
      word: "together",
      pattern: /^together\b|\b(?:run|runs|batched) together\b/i,
      instead: "batch",
      sample: "Rows run together",
      accepts: "All attempts together",
    },
    { word: "companions", pattern: /\bcompanions?\b/i, instead: "batch", sample: "Companions in the batch" },
    { word: "at once", pattern: /\bat once\b/i, instead: "immediately, in flight or per request", sample: "8 at once" },
    { word: "share a run", pattern: /\bshares? a run\b/i, instead: "coalesce", sample: "Equal requests share a run" },
    { word: "refuse", pattern: /\brefus(?:e|es|ed|ing|al)\b/i, instead: "reject", sample: "The request was refused." },
    {
      word: "kept",
      pattern: /\b(?:predictions|responses|answers) (?:are |that are )?kept\b/i,
      instead: "logged, stored",
      sample: "Answers kept",
      accepts: "Files are kept for 7 days.",
    },
    { word: "capture share", pattern: /\bcapture share\b/i, instead: "sampling rate", sample: "Capture share" },
    {
      word: "another try",
      pattern: /\b(?:next|another|last|first|final|each|every) try\b|^tries\b/i,
      instead: "attempt, retry",
      sample: "Next try",
      accepts: "Try again.",
    },
    { word: "lend, lent", pattern: /\b(?:lends?|lent|lenders?)\b/i, instead: "lease", sample: "Lent to a request" },
    { word: "farewell", pattern: /\bfarewells?\b/i, instead: "drain", sample: "The farewell of a gateway" },
    { word: "leave", pattern: /^leave it$/i, instead: "Cancel", sample: "Leave it", accepts: "Leave it empty." },
  ],
  rollouts: [
    {
      word: "go on, move on",
      pattern: /\b(?:go|goes|going|went|move|moves|moved|moving) on\b/i,
      instead: "continue, advance",
      sample: "The rollout goes on",
    },
    { word: "harm", pattern: /\bharm(?:s|ed|ful|ing)?\b/i, instead: "regression", sample: "No harm seen" },
    {
      word: "proof, prove",
      pattern: /\bpro(?:of|ofs|ved?|ven|ves|ving)\b/i,
      instead: "no worse",
      sample: "Not proved",
    },
    {
      word: "watch",
      pattern: /^watch(?:ed|ing)(?: by)?$|\bwatch(?:es|ed|ing)? (?:over|for|the|this|it|its|after)\b/i,
      instead: "monitor",
      sample: "Watch the endpoint",
      accepts: "Watch recovery",
    },
    { word: "wrong rollback", pattern: /\bwrong rollbacks?\b/i, instead: "false rollback", sample: "Wrong rollbacks" },
    {
      word: "spread of answers",
      pattern: /\bspread of\b/i,
      instead: "prediction distribution",
      sample: "The spread of answers",
    },
    {
      word: "slice",
      pattern: /\bslices?\b/i,
      instead: "segment",
      sample: "Most affected slices",
      except: /watch\/slo\//,
      acceptsIn: "components/watch/slo/a.tsx",
    },
    {
      word: "part",
      pattern: /^parts?$|\bpart of the traffic\b|\bits parts are\b/i,
      instead: "segment, component",
      sample: "Part of the traffic",
      accepts: "An upload must have 1 to 100 parts.",
    },
  ],
  slo: [
    { word: "promise", pattern: /\bpromis(?:e|es|ed|ing)\b/i, instead: "SLO, objective", sample: "Make the promise" },
    { word: "what is counted", pattern: /\bwhat is counted\b/i, instead: "SLI", sample: "What is counted" },
    { word: "good of all", pattern: /\bgood of all\b/i, instead: "SLI", sample: "99 good of all" },
    {
      word: "gone, used up, overspent",
      pattern: /\b(?:is|are|was|were|has) gone\b|\bused up\b|\boverspent\b/i,
      instead: "exhausted, or no longer exists",
      sample: "The budget is gone",
    },
    { word: "ladder, rung", pattern: /\b(?:ladders?|rungs?)\b/i, instead: "burn-rate alert, tier", sample: "Rungs" },
    { word: "factor", pattern: /^factor\b/i, instead: "burn-rate threshold", sample: "Factor 14.4" },
    {
      word: "chance",
      pattern: /^Chance$/,
      instead: "significance gate, or p",
      sample: "Chance",
      accepts: "Two of 45 tables differ by chance.",
    },
    {
      word: "leave out, take out",
      pattern: /\b(?:leave|leaves|leaving|left|take|takes|taken|took) out\b/i,
      instead: "exclude, omit",
      sample: "Leave out a day",
    },
  ],
  alerts: [
    {
      word: "fires",
      pattern: /^(?:it )?fires$|\bwhat fires\b/i,
      instead: "firing",
      sample: "Fires",
      accepts: "Fires when",
    },
    { word: "over", pattern: /^over$|\b(?:is|are|was) over\b(?! \$| \d)/i, instead: "resolved, ended", sample: "Over" },
    {
      word: "look",
      pattern: /\b(?:last|next|each|every) look\b|\blooks? every\b|\blooked again\b/i,
      instead: "evaluation, or analysis",
      sample: "Last look",
      accepts: "Look up a key",
    },
    {
      word: "tell, told",
      pattern: /(?<!annot )\btell(?:s|ing)?\b|\btold\b/i,
      instead: "notify, or say",
      sample: "Tell the team",
    },
    { word: "waits", pattern: /^waits$/i, instead: "queued, or group wait", sample: "Waits", accepts: "Jobs wait." },
    { word: "repeats after", pattern: /\brepeats after\b/i, instead: "repeat interval", sample: "Repeats after 4 h" },
    {
      word: "take, give back",
      pattern: /^take (?:it|the page|this)\b|\b(?:give|gives|given|take|takes|taken) (?:it |this |them )?back\b/i,
      instead: "acknowledge, unacknowledge, or revoke",
      sample: "Give it back",
      accepts: "Take effect now",
    },
    {
      word: "verdict",
      pattern: /\bverdicts?\b/i,
      instead: "feedback",
      sample: "Your verdict",
      except: /rollout|release|training|improve|monitoring|respond\/(?:triage\/advice|drills)|datasets|stats/,
      acceptsIn: "components/release/rollouts/a.tsx",
    },
    { word: "held back", pattern: /\bh(?:eld|old) back\b/i, instead: "rate-limited", sample: "Held back: 3" },
  ],
  "on call": [
    {
      word: "call",
      pattern: /^Call$|\bto call$|\bcall(?:s|ed|ing)? (?:someone|a person|the team)\b/,
      instead: "page",
      sample: "Nobody to call",
      accepts: "Call of the API",
    },
    { word: "hand-over", pattern: /\bhand-overs?\b/i, instead: "handover", sample: "Hand-over" },
  ],
  incidents: [
    {
      word: "found",
      pattern: /^found(?: at| by)?$/i,
      instead: "detected",
      sample: "Found at",
      accepts: "Rows found",
      except: /watch\/features|serve\/features/,
      acceptsIn: "components/watch/features/a.tsx",
    },
    { word: "taken", pattern: /^taken(?: by)?$/i, instead: "acknowledged", sample: "Taken by" },
    { word: "fixed after", pattern: /\bfixed after\b/i, instead: "time to resolve", sample: "Fixed after 3 h" },
    { word: "begins again", pattern: /\bbeg(?:ins?|an) again\b/i, instead: "reopened", sample: "It begins again" },
    { word: "writes", pattern: /^writes$/i, instead: "scribe", sample: "Writes", accepts: "Writes labels" },
    { word: "no day", pattern: /^no day$/i, instead: "no due date", sample: "no day" },
  ],
  monitoring: [
    {
      word: "unusual, usual",
      pattern: /\bunusual|^usual\b/i,
      instead: "drift, minor drift or no drift",
      sample: "A little unusual",
      accepts: "Cost more than usual",
    },
    { word: "too few", pattern: /^too few$/i, instead: "insufficient data", sample: "too few" },
    {
      word: "line",
      pattern: /\b(?:above|below|over|under|beyond|crosses) the line\b/i,
      instead: "threshold",
      sample: "Above the line",
      accepts: "One a line",
    },
    {
      word: "what it was made with",
      pattern: /\bwhat it was (?:made|trained) with\b/i,
      instead: "reference",
      sample: "Unlike what it was made with",
    },
    { word: "never seen", pattern: /\bnever seen\b/i, instead: "not in the reference", sample: "Values never seen" },
    { word: "whole", pattern: /^whole$/i, instead: "OK", sample: "Whole", accepts: "Whole workspace" },
  ],
  quality: [
    {
      word: "right, wrong",
      pattern:
        /^(?:right|wrong)$|\bright or wrong\b|\b(?:labels?|rows?|predictions?) (?:is |are |looks? |that looks? )?wrong\b|\bwrong (?:labels?|rows|predictions?)\b/i,
      instead: "correct, incorrect",
      sample: "Wrong predictions",
      accepts: "What went wrong",
    },
    { word: "truth", pattern: /\btruth\b/i, instead: "label, actual", sample: "The truth arrived" },
    { word: "what it is really", pattern: /\breally\b/i, instead: "actual", sample: "What it really is" },
    {
      word: "labels that came",
      pattern: /\blabels that (?:came|come|arrived)\b/i,
      instead: "complete labels",
      sample: "Labels that came in time",
    },
    {
      word: "cut-off",
      pattern: /\bcut-?offs?\b/i,
      instead: "decision threshold",
      sample: "Cut-off",
      except: /develop\/features|\/v1\/training-sets|develop\)\/training-sets|feature-skew/,
      acceptsIn: "components/develop/features/a.tsx",
    },
    {
      word: "how far apart",
      pattern: /\bhow far apart\b/i,
      instead: "fairness gap",
      sample: "How far apart groups are",
    },
  ],
  cost: [
    { word: "dear", pattern: /\bdear(?:er|est)?\b/i, instead: "cost", sample: "The dearest models" },
    { word: "worth", pattern: /\bworth\b/i, instead: "value, unit cost", sample: "What it is worth" },
    {
      word: "machines busy",
      pattern: /\bmachines (?:are |were )?busy\b/i,
      instead: "utilisation",
      sample: "Machines busy",
    },
    {
      word: "ways to spend less",
      pattern: /\bspend less\b/i,
      instead: "savings opportunity",
      sample: "Ways to spend less",
    },
    { word: "what if", pattern: /\bwhat[ -]ifs?\b/i, instead: "scenario", sample: "What if" },
  ],
  reports: [
    {
      word: "what the business counts",
      pattern: /\bbusiness counts\b/i,
      instead: "KPI",
      sample: "What the business counts",
    },
    { word: "by mail", pattern: /\bby mail\b/i, instead: "by email, weekly email", sample: "The week by mail" },
  ],
  identity: [
    {
      word: "present",
      pattern: /\bpresent (?:password|version|state|role|value)\b/i,
      instead: "current",
      sample: "Present password",
      accepts: "Present without a value",
    },
    { word: "begins with", pattern: /\bbegin(?:s|ning)? with\b/i, instead: "prefix", sample: "Begins with lw_" },
    {
      word: "name in addresses",
      pattern: /\bname in addresses\b/i,
      instead: "workspace slug",
      sample: "Name in addresses",
    },
    {
      word: "the role operator",
      pattern: /\brole (?:viewer|annotator|member|operator|admin)\b/i,
      instead: "the operator role",
      sample: "Needs the role operator",
    },
  ],
};

/** Words of the glossary that no pattern can find without refusing good texts, and why. */
export const unchecked: Readonly<Record<string, string>> = {
  time: "Every sentence about time has it; that a range is meant shows only in context.",
  open: "The verb for pages and dialogs. Files are inspected, but no pattern separates the objects.",
  unknown: "The word to use where something is not known; only in monitoring it means a value outside the reference.",
  "chance, asked": "By chance is right in statistics; only the label of the significance gate is refused.",
};
