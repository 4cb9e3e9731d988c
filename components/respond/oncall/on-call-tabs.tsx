import { Tabs } from "#components/ui/tabs.tsx";

const areas = {
  board: { label: "Triage", href: "/on-call" },
  schedules: { label: "Schedules", href: "/on-call/schedules" },
  teams: { label: "Teams", href: "/on-call/teams" },
  policies: { label: "Escalation", href: "/on-call/policies" },
  handover: { label: "Handover", href: "/on-call/handover" },
} as const;

type OnCallArea = keyof typeof areas;

/** Renders the tabs of the on-call area, with the current one marked. */
export function OnCallTabs({ current }: { current: OnCallArea }) {
  const items = Object.entries(areas).map(([area, { label, href }]) => ({ label, href, current: area === current }));
  return <Tabs label="On call" items={items} />;
}

/** Breadcrumb of the board, whose menu links to the other areas, because the board has no room for tabs. */
export const onCallCrumb = {
  label: "On call",
  siblings: Object.values(areas).map(({ label, href }) => ({ label, href })),
};

/** Returns the breadcrumbs to an on-call area, or to something in it. */
export function onCallCrumbs(area: OnCallArea, thing?: string) {
  const { label, href } = areas[area];
  const first = { label: "On call", href: "/on-call" };
  return thing === undefined ? [first, { label }] : [first, { label, href }, { label: thing }];
}
