"use client";

import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, spotlight } from "@mantine/spotlight";
import {
  IconArrowRight,
  IconArrowsSplit2,
  IconBolt,
  IconBox,
  IconDatabase,
  IconFlask2,
  IconHelp,
  IconSearch,
  IconServer2,
  IconTable,
  IconTablePlus,
  IconTags,
  type TablerIcon,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Keys } from "#components/ui/key-hint.tsx";
import { useModKey } from "#components/ui/mod-key.ts";
import { readJson } from "#components/ui/wire.ts";
import type { SearchHit } from "#server/report/search/contract.ts";
import { copyLink } from "./copy-link.ts";
import { allNavItems } from "./nav-items.ts";
import classes from "./palette.module.css";
import { matchLabel, readPaletteQuery } from "./palette-query.ts";
import { type PaletteAction, useShell } from "./shell-context.tsx";

interface Entry {
  id: string;
  label: string;
  detail?: string | undefined;
  keys?: string[] | undefined;
  icon: TablerIcon;
  run: () => void;
  href?: string;
}

const kindIcons: Record<SearchHit["kind"], TablerIcon> = {
  run: IconFlask2,
  experiment: IconFlask2,
  model: IconBox,
  version: IconBox,
  dataset: IconDatabase,
  "feature-view": IconTable,
  "feature-service": IconTable,
  "training-set": IconTablePlus,
  "label-project": IconTags,
  endpoint: IconServer2,
  rollout: IconArrowsSplit2,
};

/** Renders the command palette (Cmd/Ctrl+K): Do, Go to, Runs and models. `>` shows only actions, `#` only ids. */
export function Palette({ search = searchByRest }: { search?: Search }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const { only, words } = readPaletteQuery(typed);
  const [debounced] = useDebouncedValue(words, 150);
  const found = useQuery({
    queryKey: ["search", debounced],
    queryFn: ({ signal }) => search(debounced, signal),
    enabled: debounced.length >= 2 && only !== "actions",
    staleTime: 10_000,
    retry: false,
  });

  const actions = useActions();
  const positions: Entry[] = allNavItems.map((item) => ({
    id: item.href,
    label: item.label,
    keys: ["G", item.key],
    icon: item.icon,
    href: item.href,
    run: () => router.push(item.href),
  }));
  const help: Entry = {
    id: "/help",
    label: "Help",
    icon: IconHelp,
    href: "/help",
    run: () => router.push("/help"),
  };
  const things: Entry[] = (debounced === words ? (found.data ?? []) : []).map((hit) => ({
    id: `${hit.kind} ${hit.id}`,
    label: hit.label,
    detail: hit.detail,
    icon: kindIcons[hit.kind],
    href: hit.href,
    run: () => router.push(hit.href),
  }));

  const groups: [string, Entry[]][] = [
    ["Actions", only === "ids" ? [] : actions.filter((entry) => matchLabel(entry.label, words))],
    ["Go to", only ? [] : [...positions, help].filter((entry) => matchLabel(entry.label, words))],
    ["Runs and models", only === "actions" || words === "" ? [] : things],
  ];
  useChosenFirst(typed, groups.flatMap(([, entries]) => entries.map(({ id }) => id)).join(" "));
  const isEmpty = groups.every(([, entries]) => entries.length === 0);

  return (
    <Spotlight.Root
      query={typed}
      onQueryChange={setTyped}
      size={640}
      yOffset="12vh"
      maxHeight={440}
      scrollable
      shortcut="mod+K"
      tagsToIgnore={[]}
      title="Command palette"
      overlayProps={{ blur: 0 }}
      attributes={{ header: { role: "presentation" } }}
      classNames={{ search: classes.search, content: classes.content, body: classes.body, header: "lw-hidden" }}
    >
      <Spotlight.Search
        placeholder="Search or jump to…"
        aria-label="Search or jump to…"
        leftSection={<IconSearch size={18} stroke={1.7} aria-hidden="true" />}
      />
      <Spotlight.ActionsList className={classes.list}>
        {groups.map(
          ([name, entries]) =>
            entries.length > 0 && (
              <Spotlight.ActionsGroup label={name} className={classes.group} key={name}>
                {entries.map((entry) => (
                  <Row entry={entry} words={words} key={entry.id} />
                ))}
              </Spotlight.ActionsGroup>
            ),
        )}
        {isEmpty && (
          <Spotlight.Empty className={classes.empty}>
            {found.isError
              ? "Could not search runs and models. Pages and actions still work."
              : "No results. Try fewer characters, or the beginning of an ID."}
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <Foot />
    </Spotlight.Root>
  );
}

/** Selects the first entry for Enter. The library does so on typing only, but search results arrive later. */
function useChosenFirst(typed: string, shown: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: other entries are shown
  useEffect(() => {
    const entries = [...document.querySelectorAll<HTMLElement>("[role=dialog] [data-action]")];
    if (typed !== "" && !entries.some(({ dataset }) => dataset.selected))
      entries[0]?.setAttribute("data-selected", "true");
  }, [typed, shown]);
}

function useActions(): Entry[] {
  const { actions, setHelpOpened, workspaces } = useShell();
  const { toggleColorScheme } = useMantineColorScheme();
  const { slug } = workspaces.current;
  const switches = workspaces.others.map((other) => ({
    id: `workspace-${other.slug}`,
    label: `Switch to workspace ${other.name}`,
    onRun: () => window.location.assign(`/w/${other.slug}/overview`),
  }));
  const own: PaletteAction[] = [
    ...switches,
    { id: "copy-link", label: "Copy link to this view", keys: ["."], onRun: () => void copyLink(slug) },
    { id: "scheme", label: "Toggle light or dark theme", keys: ["Shift", "D"], onRun: toggleColorScheme },
    { id: "keys", label: "Show keyboard shortcuts", keys: ["?"], onRun: () => setHelpOpened(true) },
  ];
  return [...actions, ...own].map((action) => ({
    id: action.id,
    label: action.label,
    detail: action.detail,
    keys: action.keys,
    icon: actions.includes(action) ? IconBolt : IconArrowRight,
    run: action.onRun,
  }));
}

function Row({ entry, words }: { entry: Entry; words: string }) {
  const Icon = entry.icon;
  const parts = matchLabel(entry.label, words) ?? [{ text: entry.label, matches: false }];
  return (
    <Spotlight.Action
      className={classes.row}
      onClick={(event) => {
        if ((event.metaKey || event.ctrlKey) && entry.href) window.open(entry.href, "_blank", "noopener");
        else entry.run();
      }}
    >
      <Icon size={16} stroke={1.7} aria-hidden="true" className={classes.icon} />
      <span>{parts.map((part) => (part.matches ? <mark key={part.text}>{part.text}</mark> : part.text))}</span>
      {entry.detail && <span className={classes.detail}>{entry.detail}</span>}
      {entry.keys && (
        <span className={classes.keys}>
          <Keys keys={entry.keys} />
        </span>
      )}
    </Spotlight.Action>
  );
}

function Foot() {
  const modKey = useModKey();
  const hints: [string[], string][] = [
    [["↑", "↓"], "move"],
    [["↵"], "open"],
    [[modKey, "↵"], "opens in a new tab"],
    [[">"], "actions only"],
    [["#"], "IDs only"],
  ];
  return (
    <div className={classes.foot}>
      {hints.map(([keys, does]) => (
        <span key={does}>
          <Keys keys={keys} /> {does}
        </span>
      ))}
      <button className={classes.close} type="button" onClick={spotlight.close}>
        <Keys keys={["Esc"]} /> close
      </button>
    </div>
  );
}

type Search = (query: string, signal: AbortSignal) => Promise<SearchHit[]>;

/** Searches through the REST API. @throws when it does not respond, so that the palette can show the error. */
const searchByRest: Search = async (query, signal) => {
  const path = `/api/v1/search?q=${encodeURIComponent(query)}`;
  const { items } = await readJson<{ items: SearchHit[] }>(path, signal);
  return items;
};
