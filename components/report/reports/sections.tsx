import { SegmentedLinks } from "#components/ui/tabs.tsx";

export type OverviewSection = "report" | "now" | "kpis" | "reviews";

const sections: { key: OverviewSection; label: string; href: string }[] = [
  { key: "report", label: "Report", href: "/overview" },
  { key: "now", label: "Now", href: "/overview/now" },
  { key: "kpis", label: "Business", href: "/overview/kpis" },
  { key: "reviews", label: "Reviews", href: "/overview/reviews" },
];

/** Renders the tabs of the overview. */
export function OverviewSections({ current }: { current: OverviewSection }) {
  const items = sections.map(({ key, label, href }) => ({ label, href, current: key === current }));
  return <SegmentedLinks label="Overview sections" items={items} />;
}
