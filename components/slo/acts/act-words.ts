import type { Slo } from "#server/slo/objectives/contract.ts";

export type SloAct = "pause" | "resume" | "approve" | "adjust" | "archive";

interface ActDialog {
  label: string;
  title: string;
  consequences: { label: string; value: string }[];
  confirmLabel: string;
  done: string;
  destructive?: boolean;
}

/** What can be done to an SLO as it is. */
export function sloActs({ pausedAt, archivedAt, freezes }: Pick<Slo, "pausedAt" | "archivedAt" | "freezes">): SloAct[] {
  if (archivedAt) return [];
  return ["adjust", ...(freezes ? ["approve" as const] : []), pausedAt ? "resume" : "pause", "archive"];
}

/** What the dialog of each says. */
export function dialogOf(act: SloAct, { displayName, name }: Pick<Slo, "displayName" | "name">): ActDialog {
  const shown = displayName || name;
  switch (act) {
    case "pause":
      return {
        label: "Pause…",
        title: `Pause ${shown}?`,
        consequences: [
          { label: "Then", value: "it is counted and shown, and tells nobody" },
          { label: "Kept", value: "its budget still holds changes" },
        ],
        ...{ confirmLabel: "Pause it", done: `${shown} tells nobody until it goes on.` },
      };
    case "resume":
      return {
        label: "Go on…",
        title: `Let ${shown} tell people again?`,
        consequences: [{ label: "Then", value: "what burns now is told at once" }],
        ...{ confirmLabel: "Go on", done: `${shown} goes on.` },
      };
    case "approve":
      return {
        label: "Approve changes…",
        title: `Let changes go on in spite of ${shown}?`,
        consequences: [
          { label: "Then", value: "rollouts and deployments go on until the time below, whatever is left" },
          { label: "Undo", value: "take the approval back on this page" },
        ],
        ...{ confirmLabel: "Approve changes", done: "Changes go on by your approval." },
      };
    case "adjust":
      return {
        label: "Leave out a span…",
        title: `Leave a span out of ${shown}?`,
        consequences: [
          { label: "Then", value: "events of the span count neither as good nor as bad; it is hatched and reported" },
          { label: "Undo", value: "take the adjustment back on this page" },
        ],
        ...{ confirmLabel: "Leave it out", done: "The span is left out of the budget." },
      };
    case "archive":
      return {
        label: "Archive…",
        title: `Archive ${shown}?`,
        consequences: [
          { label: "Then", value: "it is no longer counted, tells nobody and holds nothing" },
          { label: "Undo", value: "make one with the same name: its history comes back" },
        ],
        ...{ confirmLabel: "Archive it", done: `${shown} is archived.`, destructive: true },
      };
  }
}
