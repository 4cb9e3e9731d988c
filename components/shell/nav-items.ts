import {
  IconArrowsSplit2,
  IconBell,
  IconBellRinging,
  IconBox,
  IconChecks,
  IconCoin,
  IconCpu,
  IconDatabase,
  IconFlame,
  IconFlask2,
  IconHistory,
  IconLayoutDashboard,
  IconPlayerPlay,
  IconRefresh,
  IconServer2,
  IconSettings,
  IconShieldBolt,
  IconTable,
  IconTags,
  IconTarget,
  IconWaveSine,
  type TablerIcon,
} from "@tabler/icons-react";

export interface NavItem {
  label: string;
  href: string;
  icon: TablerIcon;
  /** Second key of the go-to sequence: G, then this. */
  key: string;
  /** Path of further pages that belong to it. */
  also?: string;
}

export interface NavGroup {
  label?: string;
  items: NavItem[];
}

/** Pages of the console in reading order; the palette, the sidebar and the go-to keys use this list. */
export const mainNav: NavGroup[] = [
  {
    items: [
      { label: "Overview", href: "/overview", icon: IconLayoutDashboard, key: "H" },
      { label: "Costs", href: "/costs", icon: IconCoin, key: "S" },
    ],
  },
  {
    label: "Run",
    items: [
      { label: "On call", href: "/on-call", icon: IconBellRinging, key: "C" },
      { label: "Incidents", href: "/incidents", icon: IconFlame, key: "I" },
      { label: "Alerts", href: "/alerts", icon: IconBell, key: "N" },
      { label: "Endpoints", href: "/endpoints", icon: IconServer2, key: "E" },
      { label: "Rollouts", href: "/rollouts", icon: IconArrowsSplit2, key: "O" },
      { label: "SLOs", href: "/slos", icon: IconTarget, key: "B" },
      { label: "Game days", href: "/game-days", icon: IconShieldBolt, key: "Y" },
    ],
  },
  {
    label: "Build",
    items: [
      { label: "Experiments", href: "/experiments", icon: IconFlask2, key: "X" },
      { label: "Jobs", href: "/jobs", icon: IconCpu, key: "J" },
      { label: "Models", href: "/models", icon: IconBox, key: "M" },
      { label: "Retraining", href: "/retraining", icon: IconRefresh, key: "R" },
      { label: "Datasets", href: "/datasets", icon: IconDatabase, key: "D" },
      { label: "Features", href: "/features", icon: IconTable, key: "V", also: "/training-sets" },
      { label: "Playground", href: "/playground", icon: IconPlayerPlay, key: "P" },
    ],
  },
  { label: "Label", items: [{ label: "Label queue", href: "/labels", icon: IconTags, key: "L" }] },
];

export const footNav: NavItem[] = [
  { label: "Audit log", href: "/audit", icon: IconHistory, key: "A" },
  { label: "Settings", href: "/settings", icon: IconSettings, key: "," },
];

/** Views of a place of the sidebar that have a key of their own. */
const views: NavItem[] = [
  { label: "Endpoints by drift", href: "/endpoints?view=drift", icon: IconWaveSine, key: "F" },
  { label: "Endpoints by quality", href: "/endpoints?view=quality", icon: IconChecks, key: "Q" },
];

export const allNavItems: NavItem[] = [...mainNav.flatMap((group) => group.items), ...footNav, ...views];
