"use client";

import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconDownload, IconSearch } from "@tabler/icons-react";
import { Fragment, useEffect, useEffectEvent, useRef, useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { useLive } from "#components/shell/live-events.tsx";
import { formatBytes, plural } from "#components/ui/format.ts";
import { keysAreFree } from "#components/ui/keys.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { LogMatches, LogPage } from "#server/improve/training/log/contract.ts";
import { logFileHref } from "../addresses.ts";
import classes from "./log.module.css";
import { LogLine } from "./log-line.tsx";
import {
  elementId,
  elementIdOf,
  followOn,
  hasLater,
  isHeld,
  type LogWindow,
  lineId,
  matchCount,
  nextMatch,
  openWindow,
  prependPage,
  readLineId,
  readOn,
  readThrough,
} from "./log-window.ts";

interface LogViewProps {
  jobId: string;
  attempts: readonly { number: number; host: string }[];
  /** Attempt to show alone; null for all. */
  attempt: number | null;
  /** Why there is no log yet. */
  emptyText: string;
}

const pageLines = 500;
/** Lines that one answer has at most while the log is followed. */
const readLines = 5_000;
/** Fewer lines do not fill the view. */
const screenLines = 100;
/** Lines around a match that was jumped to. */
const around = 100;
/** A follower is at the end when less is below. */
const nearPx = 24;

type Match = Wire<LogMatches>["matches"][number];

/** Shows the log of a job: follows it, searches it, and reads back to its start. */
export function LogView({ jobId, attempts, attempt: asked, emptyText }: LogViewProps) {
  const [attempt, setAttempt] = useState(asked);
  const [window, setWindow] = useState<LogWindow>([]);
  const [isFollowing, setIsFollowing] = useState(true);
  const [unseen, setUnseen] = useState(0);
  const [error, setError] = useState<string>();
  const [search, setSearch] = useState("");
  const [matches, setMatches] = useState<Match[]>();
  /** Where the search goes on; null when all was searched. */
  const [unsearched, setUnsearched] = useState<LogMatches["next"]>(null);
  const [at, setAt] = useState(0);
  /** Address of the line that someone was sent to. */
  const [marked, setMarked] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  /** What is held and whether it is followed, as the reader that is at work sees them. */
  const held = useRef<LogWindow>([]);
  const follows = useRef(true);
  const work = useRef(Promise.resolve());
  const isFollowQueued = useRef(false);
  const top = useRef(0);
  const { listen } = useLive();
  const newest = attempts.at(-1)?.number;
  const shown = attempt ?? newest;
  /** Attempts whose logs may be read one after the other. */
  const following = attempt === null ? attempts.map(({ number }) => number) : [];
  const knownNewest = useRef(newest);

  const read = (query: Record<string, string | number>) =>
    readJson<LogPage>(
      `/api/v1/training/jobs/${jobId}/log?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))}`,
    );
  /** Number of the attempt before what is held. */
  const before = (window: LogWindow) => attempts.findLast(({ number }) => number < (window[0]?.attempt ?? 0))?.number;

  function hold(window: LogWindow) {
    held.current = window;
    setWindow(window);
  }

  function setFollows(value: boolean) {
    follows.current = value;
    setIsFollowing(value);
  }

  /** One reader at a time: the next one begins with what the one before it holds. */
  function alone(task: () => Promise<void>): Promise<void> {
    work.current = work.current.then(async () => {
      try {
        await task();
        setError(undefined);
      } catch (failure) {
        setError(failure instanceof Error ? failure.message : "Could not load the log.");
      }
    });
    return work.current;
  }

  const openEnd = useEffectEvent(() =>
    alone(async () => {
      if (shown === undefined) return;
      let window = openWindow(await readThrough(read, { attempt: shown, limit: pageLines }));
      // A new attempt has printed little: what was before is of interest, too.
      for (let of = before(window); attempt === null && of !== undefined; of = before(window)) {
        if (countOf(window) >= screenLines) break;
        window = prependPage(window, await readThrough(read, { attempt: of, limit: screenLines }));
      }
      hold(window);
      setUnseen(0);
    }),
  );

  /** Reads what was added. Someone who reads elsewhere is only said how much. */
  const readMore = useEffectEvent(async () => {
    const last = held.current.at(-1);
    if (!last || shown === undefined) return;
    if (!follows.current) {
      const { totalLines } = await read({ attempt: shown, from: Number.MAX_SAFE_INTEGER, limit: 1 });
      const seen = last.attempt === shown ? (last.lines.at(-1)?.number ?? 0) : 0;
      setUnseen(Math.max(0, totalLines - seen));
      return;
    }
    hold(await followOn(read, held.current, { attempts: following, limit: readLines }));
  });

  const follow = useEffectEvent(() => {
    if (isFollowQueued.current) return;
    isFollowQueued.current = true;
    void alone(async () => {
      isFollowQueued.current = false;
      await readMore();
    });
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another log
  useEffect(() => {
    const line = readLineId(location.hash.slice(1));
    const isShown = attempt === null || attempt === line?.attempt;
    if (line && isShown && attempts.some(({ number }) => number === line.attempt)) {
      setMarked(location.hash.slice(1));
      void alone(() => show(line));
    } else void openEnd();
  }, [attempt, jobId]);
  useEffect(() => {
    // The effect above opens the log first, perhaps at a line.
    if (knownNewest.current === newest) return;
    knownNewest.current = newest;
    if (held.current.length === 0) void openEnd();
    else follow();
  }, [newest]);
  useEffect(
    () =>
      listen((event) => {
        if (event === "missed" || (event.topic.startsWith("training") && event.id === jobId)) follow();
      }),
    [listen, jobId],
  );
  // Lines get their height when they come into view, and new ones push the others up.
  useEffect(() => {
    const view = box.current;
    const inner = content.current;
    if (!view || !inner) return;
    const stick = () => {
      if (follows.current) view.scrollTop = view.scrollHeight;
    };
    const observer = new ResizeObserver(stick);
    observer.observe(inner);
    observer.observe(view);
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines push the view down
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [window, isFollowing]);

  /** Whoever scrolls up no longer follows; what grows below does not count. */
  function scrolled() {
    const view = box.current;
    if (!view) return;
    const isUp = view.scrollTop < top.current;
    top.current = view.scrollTop;
    const isLow = view.scrollHeight - view.scrollTop - view.clientHeight < nearPx;
    if (isUp && !isLow && follows.current) setFollows(false);
  }

  const first = window[0];
  const firstStart = first?.lines[0]?.start ?? 0;
  const hasEarlier = first !== undefined && (firstStart > 0 || (attempt === null && before(window) !== undefined));

  function readBack() {
    setFollows(false);
    void alone(async () => {
      const first = held.current[0];
      if (!first) return;
      const line = first.lines[0]?.number ?? 1;
      const earlier = before(held.current);
      const height = box.current?.scrollHeight ?? 0;
      const start = first.lines[0]?.start ?? 0;
      if (start > 0) {
        const from = Math.max(1, line - pageLines);
        const query = { attempt: first.attempt, line: from, limit: line - from + 1 };
        hold(prependPage(held.current, await readThrough(read, query, start)));
      } else if (earlier !== undefined) {
        hold(prependPage(held.current, await readThrough(read, { attempt: earlier, limit: pageLines })));
      }
      // What was in view stays there.
      requestAnimationFrame(() => {
        if (box.current) box.current.scrollTop += box.current.scrollHeight - height;
      });
    });
  }

  async function find(text: string) {
    if (text === "") return setMatches(undefined);
    await alone(async () => {
      const found = await searchFor(text);
      setMatches(found.matches);
      setUnsearched(found.next);
      setAt(0);
      if (found.matches[0]) await show(found.matches[0]);
    });
  }

  function searchFor(text: string, from?: NonNullable<LogMatches["next"]>): Promise<Wire<LogMatches>> {
    const query = new URLSearchParams({
      q: text,
      limit: "1000",
      ...(attempt !== null && { attempt: String(attempt) }),
      ...(from && { fromAttempt: String(from.fromAttempt), from: String(from.from) }),
    });
    return readJson<LogMatches>(`/api/v1/training/jobs/${jobId}/log/matches?${query}`);
  }

  /** Searches what the search before left out. */
  async function findMore(known: Match[], from: NonNullable<LogMatches["next"]>) {
    await alone(async () => {
      const found = await searchFor(search.trim(), from);
      const all = [...known, ...found.matches];
      setMatches(all);
      setUnsearched(found.next);
      const next = nextMatch(at, found.matches.length > 0 && known.length === 0 ? 0 : 1, {
        count: all.length,
        isCut: found.next !== null,
      });
      const match = next === undefined ? undefined : all[next];
      if (next === undefined || !match) return;
      setAt(next);
      await show(match);
    });
  }

  async function show(line: Pick<Match, "attempt" | "number"> & { start?: number }) {
    setFollows(false);
    const { attempt: of, number, start } = line;
    if (!isHeld(held.current, line)) {
      const near = { attempt: of, line: Math.max(1, number - around), limit: 2 * around + pageLines };
      let window = openWindow(await read(near));
      // The lines before it may be so long that the page ends before it.
      if (!isHeld(window, line)) {
        const exact: Record<string, number> = start === undefined ? { line: number } : { from: start };
        window = openWindow(await read({ attempt: of, ...exact, limit: pageLines }));
      }
      hold(window);
    }
    const id = elementIdOf(held.current, line);
    requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView({ block: "center" }));
  }

  function step(by: number) {
    if (!matches) return;
    const next = nextMatch(at, by, { count: matches.length, isCut: unsearched !== null });
    const match = next === undefined ? undefined : matches[next];
    if (next !== undefined && match) {
      setAt(next);
      void alone(() => show(match));
    } else if (unsearched) void findMore(matches, unsearched);
  }

  function toEnd() {
    setFollows(true);
    void openEnd();
  }

  function choose(next: number | null) {
    setFollows(true);
    setAttempt(next);
  }

  function readLater() {
    void alone(async () => {
      const window = await readOn(read, held.current, { attempts: following, limit: pageLines });
      hold(window);
      setUnseen((count) => (hasLater(window, following) ? Math.max(0, count - pageLines) : 0));
    });
  }

  usePageKey("F", () => (isFollowing ? setFollows(false) : toEnd()));
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (!keysAreFree(event)) return;
    const number = Number(event.key);
    if (event.key === "0") choose(null);
    else if (/^[1-9]$/.test(event.key) && attempts.some((each) => each.number === number)) choose(number);
  });
  useEffect(() => {
    const key = (event: KeyboardEvent) => pressed(event);
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);

  const current = matches?.[at];
  const currentId = current ? elementIdOf(window, current) : marked;
  const dropped = window.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0);
  return (
    <Panel
      id="log"
      title="Log"
      subtitle={dropped > 0 ? `${formatBytes(dropped)} were dropped` : undefined}
      right={
        attempts.length > 0 && (
          <>
            {attempts.length >= 10 && (
              <NativeSelect
                aria-label="Attempt"
                data={[
                  { value: "all", label: "All attempts" },
                  ...attempts.map(({ number }) => ({ value: String(number), label: `Attempt ${number}` })),
                ]}
                value={attempt === null ? "all" : String(attempt)}
                onChange={(event) =>
                  choose(event.currentTarget.value === "all" ? null : Number(event.currentTarget.value))
                }
              />
            )}
            {attempts.length > 1 && attempts.length < 10 && (
              <Segmented
                label="Attempt"
                value={attempt === null ? "all" : String(attempt)}
                onChange={(value) => choose(value === "all" ? null : Number(value))}
                options={[
                  { value: "all", label: "All" },
                  ...attempts.map(({ number }) => ({ value: String(number), label: String(number) })),
                ]}
              />
            )}
            <TextInput
              className={classes.search}
              aria-label="Search the log"
              data-lw-search
              placeholder="Search"
              leftSection={<IconSearch size={14} stroke={1.8} aria-hidden="true" />}
              rightSection={
                matches && (
                  <span className="lw-small lw-quiet lw-number">
                    {matchCount(at, matches.length, unsearched !== null)}
                  </span>
                )
              }
              rightSectionWidth={72}
              value={search}
              onChange={(event) => {
                setSearch(event.currentTarget.value);
                setMatches(undefined);
              }}
              onKeyDown={(event) => {
                if (event.key === "Escape") {
                  setSearch("");
                  setMatches(undefined);
                  event.currentTarget.blur();
                } else if (event.key === "Enter") {
                  event.preventDefault();
                  if (matches) step(event.shiftKey ? -1 : 1);
                  else void find(search.trim());
                }
              }}
              spellCheck={false}
            />
            <button
              className={classes.icon}
              type="button"
              aria-label="Previous match"
              disabled={!matches?.length}
              onClick={() => step(-1)}
            >
              <IconChevronUp size={16} stroke={1.8} aria-hidden="true" />
            </button>
            <button
              className={classes.icon}
              type="button"
              aria-label="Next match"
              disabled={!matches?.length && !(matches && unsearched)}
              onClick={() => step(1)}
            >
              <IconChevronDown size={16} stroke={1.8} aria-hidden="true" />
            </button>
            <Checkbox
              label="Follow"
              checked={isFollowing}
              onChange={(event) => (event.currentTarget.checked ? toEnd() : setFollows(false))}
            />
            <a
              className={classes.icon}
              href={logFileHref(jobId, attempt ?? undefined)}
              download
              aria-label="Download the log"
              title="Download the log"
            >
              <IconDownload size={16} stroke={1.8} aria-hidden="true" />
            </a>
          </>
        )
      }
      flush
    >
      {error !== undefined && <FailedState title="Could not load the log">{error}</FailedState>}
      {attempts.length === 0 && <EmptyState title="No logs yet">{emptyText}</EmptyState>}
      <div className={classes.frame} hidden={attempts.length === 0}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
        <section className={classes.box} ref={box} aria-label="Lines of the log" tabIndex={0} onScroll={scrolled}>
          <div ref={content}>
            {hasEarlier && (
              <button className={classes.earlier} type="button" onClick={readBack}>
                Show earlier lines
              </button>
            )}
            {window.map(({ attempt: of, lines }) => (
              <Fragment key={of}>
                {attempts.length > 1 && (
                  <div className={classes.divider}>
                    <span>
                      Attempt {of}
                      {hostSuffix(attempts, of)}
                    </span>
                  </div>
                )}
                {lines.map((line, place) => {
                  const id = elementId(of, lines, place);
                  return (
                    <LogLine
                      id={id}
                      address={lineId(of, line.number)}
                      line={line}
                      search={matches ? search.trim() : ""}
                      isCurrent={id === currentId}
                      onMark={setMarked}
                      key={line.start}
                    />
                  );
                })}
              </Fragment>
            ))}
            {window.length > 0 && window.every(({ lines }) => lines.length === 0) && (
              <p className={classes.none}>Its program has printed nothing yet.</p>
            )}
            {!isFollowing && (unseen > 0 || hasLater(window, following)) && (
              <button className={classes.earlier} type="button" onClick={readLater}>
                Show later lines
              </button>
            )}
          </div>
        </section>
        {unseen > 0 && !isFollowing && (
          <button className={classes.unseen} type="button" onClick={toEnd}>
            {plural(unseen, "new line")}
          </button>
        )}
      </div>
    </Panel>
  );
}

const countOf = (held: LogWindow) => held.reduce((sum, { lines }) => sum + lines.length, 0);

function hostSuffix(attempts: LogViewProps["attempts"], number: number): string {
  const host = attempts.find((each) => each.number === number)?.host;
  return host ? ` · ${host}` : "";
}
