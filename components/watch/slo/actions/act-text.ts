import type { Slo } from "#server/watch/slo/objectives/contract.ts";

export type SloAct = "pause" | "resume" | "approve" | "adjust" | "archive";

interface ActDialog {
  label: string;
  title: string;
  consequences: { label: string; value: string }[];
  confirmLabel: string;
  done: string;
  destructive?: boolean;
}

/** Returns the actions available for an SLO in its current state. */
export function sloActs({ pausedAt, archivedAt, freezes }: Pick<Slo, "pausedAt" | "archivedAt" | "freezes">): SloAct[] {
  if (archivedAt) return [];
  return ["adjust", ...(freezes ? ["approve" as const] : []), pausedAt ? "resume" : "pause", "archive"];
}

/** Returns the texts of the dialog for each action. */
export function dialogOf(act: SloAct, { displayName, name }: Pick<Slo, "displayName" | "name">): ActDialog {
  const shown = displayName || name;
  switch (act) {
    case "pause":
      return {
        label: "Pause…",
        title: `Pause ${shown}?`,
        consequences: [
          { label: "Then", value: "stays visible and keeps counting, but does not notify anyone" },
          { label: "Kept", value: "its error budget still gates changes" },
        ],
        confirmLabel: "Pause SLO",
        done: `${shown} is paused and no longer notifies anyone.`,
      };
    case "resume":
      return {
        label: "Resume…",
        title: `Resume ${shown}?`,
        consequences: [{ label: "Then", value: "current burn notifies immediately" }],
        confirmLabel: "Resume",
        done: `${shown} resumed.`,
      };
    case "approve":
      return {
        label: "Approve changes…",
        title: `Allow changes despite ${shown}?`,
        consequences: [
          {
            label: "Then",
            value: "rollouts and deployments are allowed until the time below, regardless of the remaining budget",
          },
          { label: "Undo", value: "revoke the approval on this page" },
        ],
        confirmLabel: "Approve changes",
        done: "Changes approved.",
      };
    case "adjust":
      return {
        label: "Exclude time range…",
        title: `Exclude a time range from ${shown}?`,
        consequences: [
          {
            label: "Then",
            value:
              "events in this time range count as neither good nor bad; it is hatched in charts and noted in reports",
          },
          { label: "Undo", value: "revoke the adjustment on this page" },
        ],
        confirmLabel: "Exclude",
        done: "Time range excluded from the error budget.",
      };
    case "archive":
      return {
        label: "Archive…",
        title: `Archive ${shown}?`,
        consequences: [
          { label: "Then", value: "it is no longer evaluated, sends no notifications and gates no changes" },
          { label: "Undo", value: "create an SLO with the same name to restore its history" },
        ],
        confirmLabel: "Archive",
        done: `${shown} archived.`,
        destructive: true,
      };
  }
}
