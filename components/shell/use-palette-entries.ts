"use client";

import { useMantineColorScheme } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconArrowRight,
  IconArrowsSplit2,
  IconBell,
  IconBellOff,
  IconBolt,
  IconBook,
  IconBox,
  IconCalendarTime,
  IconCheck,
  IconChecklist,
  IconCpu,
  IconDatabase,
  IconFlame,
  IconFlask2,
  IconHistory,
  IconListCheck,
  IconPlayerPlay,
  IconRefresh,
  IconServer2,
  IconShieldBolt,
  IconStairsUp,
  IconTable,
  IconTablePlus,
  IconTags,
  IconTarget,
  IconUser,
  IconUsers,
  type TablerIcon,
} from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import type { SearchAction, SearchAnswer, SearchHit } from "#server/report/search/contract.ts";
import { copyLink } from "./copy-link.ts";
import type { Entry } from "./palette-entries.ts";
import { familyOfKind } from "./palette-families.ts";
import { createLinks, palettePages } from "./palette-pages.ts";
import { rankLabel } from "./palette-query.ts";
import type { Place } from "./recent-places.ts";
import { type PaletteAction, useShell } from "./shell-context.tsx";

const kindIcons: Readonly<Record<SearchHit["kind"], TablerIcon>> = {
  incident: IconFlame,
  alert: IconBell,
  "alert-rule": IconAlertTriangle,
  silence: IconBellOff,
  endpoint: IconServer2,
  slo: IconTarget,
  rollout: IconArrowsSplit2,
  model: IconBox,
  version: IconBox,
  experiment: IconFlask2,
  run: IconFlask2,
  evaluation: IconListCheck,
  dataset: IconDatabase,
  "feature-view": IconTable,
  "feature-service": IconTable,
  "training-set": IconTablePlus,
  job: IconCpu,
  sweep: IconCpu,
  "job-template": IconCpu,
  retraining: IconRefresh,
  "retraining-cycle": IconRefresh,
  "label-project": IconTags,
  "game-day": IconShieldBolt,
  runbook: IconChecklist,
  team: IconUsers,
  person: IconUser,
  schedule: IconCalendarTime,
  "escalation-policy": IconStairsUp,
  guide: IconBook,
};

/** Icons of actions that the server proposes. */
const actionIcons: Readonly<Record<string, TablerIcon>> = {
  "roll-back": IconArrowBackUp,
  "roll-out": IconArrowsSplit2,
  slo: IconTarget,
  silence: IconBellOff,
  acknowledge: IconCheck,
  retrain: IconRefresh,
  try: IconPlayerPlay,
  label: IconTags,
};

interface Opened {
  words: string;
  places: readonly Place[];
  /** What the server found; undefined while it searches. */
  answer: SearchAnswer | undefined;
}

interface PaletteEntries {
  /** What matches the words: actions, what the server found, and pages. */
  matching: Entry[];
  /** Places that the user opened last, except this one. */
  recent: Entry[];
  /** Actions of the present page, then those of every page. */
  actions: Entry[];
}

/** Builds the rows of the palette from the actions of the page, pages, recent places, and what the server found. */
export function usePaletteEntries({ words, places, answer }: Opened): PaletteEntries {
  const router = useRouter();
  const { actions, denials, runThere } = useShell();
  const own = useOwnActions();
  const open = (href: string) => () => router.push(href);

  const ofPage = actions.map((action) => entryOfAction(action, IconBolt));
  const ofShell = own.map((action) => entryOfAction(action, IconArrowRight));
  const creating = createLinks.map(({ href, label, icon }): Entry => {
    const denial = denials[href];
    return {
      id: href,
      family: "actions",
      label,
      icon,
      href,
      run: open(href),
      rank: 0,
      denial,
      facts: denial ? [{ label: "Permission", value: denial }] : [],
      does: "opens the form",
    };
  });
  const proposed = (answer?.actions ?? []).map((action): Entry => {
    const here = actions.find(({ id }) => id === action.opens && window.location.pathname === action.href);
    return entryOfProposal(action, words, () => {
      if (here) here.onRun();
      else {
        if (action.opens) runThere(action.opens, action.href);
        router.push(action.href);
      }
    });
  });
  const pages = palettePages.map(
    ({ href, label, area, icon, keys }): Entry => ({
      id: href,
      family: "pages",
      label,
      detail: area,
      keys,
      icon,
      href,
      run: open(href),
      rank: rankLabel(label, words, area) ?? 4,
      facts: area ? [{ label: "In", value: area === "setting" ? "Settings" : area }] : [],
      does: "opens the page",
    }),
  );
  const hits = (answer?.items ?? []).map((hit) => entryOfHit(hit, open(hit.href)));
  const matches = ({ label, detail = "" }: Entry) => rankLabel(label, words, detail) !== undefined;
  const named = new Set(proposed.map(({ label }) => label));
  const local = [...ofPage, ...creating, ...ofShell]
    .filter((entry) => matches(entry) && !named.has(entry.label))
    .map((entry) => ({ ...entry, rank: rankLabel(entry.label, words, entry.detail) ?? entry.rank }));
  return {
    matching: [...proposed, ...local, ...hits, ...pages.filter(matches)],
    recent: places
      .filter(({ href }) => href !== window.location.pathname)
      .slice(0, 7)
      .map((place) => entryOfPlace(place, open(place.href))),
    actions: [...ofPage, ...ofShell],
  };
}

function entryOfAction({ id, label, detail, keys, onRun }: PaletteAction, icon: TablerIcon): Entry {
  const does = label.endsWith("…") ? "opens the dialog" : "runs immediately";
  return { id: `action ${id}`, family: "actions", label, detail, keys, icon, run: onRun, rank: 0, facts: [], does };
}

function entryOfProposal(action: SearchAction, words: string, run: () => void): Entry {
  const { id, label, detail, href, opens, denial, facts } = action;
  const asks = label.endsWith("…");
  const there = asks ? "opens the dialog; a reason is required" : "opens the page and does it";
  const does = opens ? there : asks ? "opens the form" : "opens the page";
  return {
    id: `proposal ${id}`,
    family: "actions",
    label,
    detail: denial ?? detail,
    icon: actionIcons[id] ?? IconBolt,
    href,
    run,
    rank: Math.min(action.rank, rankLabel(label, words) ?? 4),
    denial: denial ?? undefined,
    facts,
    does,
  };
}

function entryOfHit(hit: SearchHit, run: () => void): Entry {
  const { kind, id, label, detail, href, state, version, isOpen, rank, facts } = hit;
  const model = facts.find((fact) => fact.label === "Serves" || fact.label === "Model")?.value ?? label;
  return {
    id: `${kind} ${id}`,
    family: familyOfKind(kind),
    label,
    detail,
    icon: kindIcons[kind],
    href,
    run,
    state,
    version: version === undefined ? undefined : { model, version },
    rank,
    isOpenIncident: isOpen,
    facts,
    does: "opens the page",
  };
}

function entryOfPlace({ href, label, area, at }: Place, run: () => void): Entry {
  const facts = [...(area ? [{ label: "In", value: area }] : []), { label: "Opened", at }];
  const id = `place ${href}`;
  return {
    id,
    family: "pages",
    label,
    detail: area,
    icon: IconHistory,
    href,
    run,
    rank: 0,
    facts,
    does: "opens the page",
  };
}

/** Actions of every page. */
function useOwnActions(): PaletteAction[] {
  const { setHelpOpened, workspaces } = useShell();
  const { toggleColorScheme } = useMantineColorScheme();
  const { slug } = workspaces.current;
  const switches = workspaces.others.map((other) => ({
    id: `workspace-${other.slug}`,
    label: `Switch to workspace ${other.name}`,
    onRun: () => window.location.assign(`/w/${other.slug}/overview`),
  }));
  return [
    { id: "copy-link", label: "Copy link to this view", keys: ["."], onRun: () => void copyLink(slug) },
    { id: "scheme", label: "Toggle light or dark theme", keys: ["Shift", "D"], onRun: toggleColorScheme },
    { id: "keys", label: "Show keyboard shortcuts", keys: ["?"], onRun: () => setHelpOpened(true) },
    ...switches,
  ];
}
