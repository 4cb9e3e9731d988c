import { Tabs } from "#components/ui/tabs.tsx";

const areas = {
  board: { label: "Triage", href: "/on-call" },
  schedules: { label: "Schedules", href: "/on-call/schedules" },
  teams: { label: "Teams", href: "/on-call/teams" },
  policies: { label: "Escalation", href: "/on-call/policies" },
  handover: { label: "Hand-over", href: "/on-call/handover" },
} as const;

type OnCallArea = keyof typeof areas;

/** The parts of on call, and which one is shown. */
export function OnCallTabs({ current }: { current: OnCallArea }) {
  const items = Object.entries(areas).map(([area, { label, href }]) => ({ label, href, current: area === current }));
  return <Tabs label="On call" items={items} />;
}

/** The board's own crumb, whose menu leads to the other parts: the board has no room for tabs. */
export const onCallCrumb = {
  label: "On call",
  siblings: Object.values(areas).map(({ label, href }) => ({ label, href })),
};

/** The way to a part of on call, or to something in it. */
export function onCallCrumbs(area: OnCallArea, thing?: string) {
  const { label, href } = areas[area];
  const first = { label: "On call", href: "/on-call" };
  return thing === undefined ? [first, { label }] : [first, { label, href }, { label: thing }];
}
